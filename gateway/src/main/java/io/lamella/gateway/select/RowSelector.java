package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.fetch.StaleObjectException;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.BlockVerdict;
import io.lamella.gateway.plan.FilterPlan;
import io.lamella.gateway.plan.FilterPlan.Lookup;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RowRequest.SeriesIdentity;
import io.lamella.gateway.plan.RunMatch;
import io.lamella.gateway.plan.ShardPlan;
import io.lamella.gateway.plan.ValuePruning;
import io.lamella.gateway.plan.Verdict;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.block.read.BloomFilter;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// Finds the rows of all blocks that match a request: the metadata of all shards that is not cached
/// in one round trip, then the label pages of all blocks in one fetch batch.
final class RowSelector {
  private final BlockCatalog catalog;
  private final ShardMetadataReader metadata;
  private final RangeReader reader;

  RowSelector(BlockCatalog catalog, ShardMetadataReader metadata, RangeReader reader) {
    this.catalog = catalog;
    this.metadata = metadata;
    this.reader = reader;
  }

  /// A shard of which something is read.
  private record PlannedShard(OpenShard shard, ShardPlan plan) {}

  /// Bytes of the chunk pages that may be fetched together with labels. All of them are held at
  /// once; where they are more, all wait for the labels.
  record EarlyChunks(long maxBytes) {
    /// For those who hold all chunk pages in any case.
    static final EarlyChunks ALL = new EarlyChunks(Long.MAX_VALUE);

    static final EarlyChunks NONE = new EarlyChunks(0);

    private boolean has(List<RangeReader.FileRanges> pages) {
      return pages.stream().flatMap(f -> f.ranges().stream()).mapToLong(ByteRange::length).sum()
          <= maxBytes;
    }
  }

  /// The blocks as they are now.
  CatalogSnapshot snapshot() {
    return catalog.snapshot();
  }

  /// Rows that match a request.
  ///
  /// @param request of all labels where others could not tell series apart
  record Selected(RowRequest request, List<BlockRows> rows) {}

  /// @param asked cut to the times that the snapshot serves
  /// @param early chunk pages that do not wait for labels are fetched with them
  Selected select(
      CatalogSnapshot snapshot,
      RowRequest asked,
      EarlyChunks early,
      QueryBudget budget,
      TraceRecorder trace)
      throws IOException, InterruptedException {
    Optional<TimeRange> served = snapshot.within(asked.range());
    if (served.isEmpty()) {
      return new Selected(asked, List.of());
    }
    RowRequest request = asked.withRange(served.get());
    HeldMetadata held = held(budget);
    List<OpenShard> open =
        open(snapshot, snapshot.overlapping(request.range()), request, held, trace);
    if (open.isEmpty()) {
      return new Selected(request, List.of());
    }
    boolean projects =
        request.labels().identity() == SeriesIdentity.LABELS || RowHashes.identifySeries(open);
    RowRequest told = projects ? request : request.withAllLabels();
    List<OpenShard> shards = projects ? open : open.stream().map(OpenShard::withAllLabels).toList();
    return new Selected(told, read(pruned(shards, told), early, budget, trace));
  }

  /// For the metadata of shards that are opened together.
  HeldMetadata held(QueryBudget budget) {
    return new HeldMetadata(metadata.cachedBytes(), budget);
  }

  /// Opens the shards of some of the blocks that the request's range overlaps.
  ///
  /// @param held counts their metadata
  List<OpenShard> open(
      CatalogSnapshot snapshot,
      List<BlockMeta> blocks,
      RowRequest request,
      HeldMetadata held,
      TraceRecorder trace)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<BlockMeta> all = snapshot.overlapping(request.range());
    List<Callable<OpenShard>> opening = new ArrayList<>();
    for (BlockMeta block : blocks) {
      switch (BlockPlanner.block(request, block, all)) {
        case Verdict.Skip skip -> trace.skippedBlock(block.ulid().toString(), skip);
        case BlockVerdict.Open(RowRequest narrowed) -> {
          for (int i = 0; i < block.shards().size(); i++) {
            int number = i;
            Optional<Verdict.Skip> skip =
                BlockPlanner.shard(narrowed, block, block.shards().get(number));
            if (skip.isPresent()) {
              checkSkipped(snapshot.objects(block), block, block.shards().get(number));
              trace.skippedShard(block.ulid().toString(), number, skip.get());
              continue;
            }
            opening.add(
                CurrentSpan.carry(
                    () -> open(snapshot.objects(block), block, number, narrowed, held)));
          }
        }
      }
    }
    if (opening.isEmpty()) {
      return List.of();
    }
    List<OpenShard> open = ParallelTasks.run(opening);
    trace.stage("open shards", begun);
    return open;
  }

  /// A shard whose metadata is in memory is left out only where the meta that says so is right.
  private void checkSkipped(BlockObjects objects, BlockMeta block, BlockMeta.Shard shard)
      throws CorruptBlockException {
    Optional<ShardMetadata> cached = metadata.cached(objects, shard);
    if (cached.isPresent()) {
      ShardMetadataCheck.keys(block, shard, cached.get().runs());
    }
  }

  /// Reads the rows of open shards that match, for requests of labels alone.
  List<BlockRows> read(List<OpenShard> open, QueryBudget budget, TraceRecorder trace)
      throws IOException, InterruptedException {
    return read(open, EarlyChunks.NONE, budget, trace);
  }

  private List<BlockRows> read(
      List<OpenShard> open, EarlyChunks early, QueryBudget budget, TraceRecorder trace)
      throws IOException, InterruptedException {
    long planning = System.nanoTime();
    List<PlannedShard> planned = new ArrayList<>();
    for (OpenShard shard : open) {
      ShardPlan plan = shard.plan();
      plan.skip()
          .ifPresentOrElse(
              skip -> trace.skippedShard(shard.traced(), plan, skip),
              () -> planned.add(new PlannedShard(shard, plan)));
    }
    trace.stage("plan", planning);
    List<PlannedShard> left = filtered(planned, budget, trace);
    return left.isEmpty() ? List.of() : fetch(left, early, budget, trace);
  }

  /// Reads the Bloom filters that are worth a round trip, and drops the row groups that they rule
  /// out.
  private List<PlannedShard> filtered(
      List<PlannedShard> shards, QueryBudget budget, TraceRecorder trace)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<FilterPlan> plans = shards.stream().map(s -> FilterPlan.of(s.plan())).toList();
    List<RangeReader.FileRanges> batch = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      List<ByteRange> ranges = plans.get(i).lookups().stream().map(Lookup::range).toList();
      batch.add(new RangeReader.FileRanges(shards.get(i).shard().files().labels().file(), ranges));
    }
    if (plans.stream().allMatch(p -> p.lookups().isEmpty())) {
      return shards;
    }
    List<RangeReader.Fetched> fetched = reader.fetch(batch, budget);
    trace.batch("filters", batch.stream().map(RangeReader.FileRanges::ranges).toList(), begun);
    List<PlannedShard> out = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      OpenShard shard = shards.get(i).shard();
      List<Lookup> ruledOut = ruledOut(plans.get(i), fetched.get(i), shard.files().labels());
      fetched.get(i).releaseAllBut(Set.of());
      ShardPlan plan = FilterPlan.without(shards.get(i).plan(), ruledOut);
      plan.skip()
          .ifPresentOrElse(
              skip -> trace.skippedShard(shard.traced(), plan, skip),
              () -> out.add(new PlannedShard(shard, plan)));
    }
    return out;
  }

  private static List<Lookup> ruledOut(FilterPlan plan, RangeReader.Fetched fetched, BlockFile file)
      throws CorruptBlockException {
    try {
      List<Lookup> out = new ArrayList<>();
      for (Lookup l : plan.lookups()) {
        String object = file.version().key().name();
        if (l.rulesOut(BloomFilter.decode(l.column(), fetched.slice(l.range()), object))) {
          out.add(l);
        }
      }
      return out;
    } catch (CorruptBlockException e) {
      fetched.invalidate();
      throw e;
    }
  }

  private OpenShard open(
      BlockObjects objects, BlockMeta block, int number, RowRequest request, HeldMetadata held)
      throws IOException, InterruptedException {
    BlockMeta.Shard shard = block.shards().get(number);
    QueryBudget budget = held.budget();
    Optional<ShardMetadata> manifest = metadata.shard(objects, shard, budget);
    List<BlockFile> files;
    if (manifest.isPresent()) {
      held.add(manifest.get().weight());
      ShardMetadataCheck.keys(block, shard, manifest.get().runs());
      files = List.of(manifest.get().labels(), manifest.get().chunks());
    } else {
      List<Callable<BlockFile>> opening = new ArrayList<>();
      opening.add(CurrentSpan.carry(() -> metadata.file(objects, shard.labels(), budget)));
      if (request.readsChunks()) {
        opening.add(CurrentSpan.carry(() -> metadata.file(objects, shard.chunks(), budget)));
      }
      files = ParallelTasks.run(opening);
      held.add(files.stream().mapToLong(f -> f.metadata().memoryBytes()).sum());
    }
    ShardMetadataCheck.check(block, shard, files);
    return new OpenShard(
        block,
        number,
        request,
        new OpenShard.Files(files.getFirst(), files.getLast()),
        manifest.map(m -> RunMatch.of(m.runs(), request.matchers(), request.range())));
  }

  /// Skips runs whose values cannot pass the request's comparison. Values of one series in several
  /// blocks are compared by the key of their runs, so every shard must have a directory of runs and
  /// the key of a run must be that of its series.
  private static List<OpenShard> pruned(List<OpenShard> all, RowRequest request) {
    if (request.samples().filter().isEmpty()
        || all.stream().anyMatch(s -> s.match().isEmpty() || s.hidesKeyLabels())) {
      return all;
    }
    List<RunMatch> kept =
        ValuePruning.prune(
            all.stream().map(s -> s.match().orElseThrow()).toList(),
            request.range(),
            request.samples());
    List<OpenShard> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      out.add(all.get(i).withMatch(kept.get(i)));
    }
    return out;
  }

  /// Reads the label pages of all shards in one fetch batch, together with the chunk pages that do
  /// not wait for them where there is room for all of these.
  private List<BlockRows> fetch(
      List<PlannedShard> shards, EarlyChunks room, QueryBudget budget, TraceRecorder trace)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<RangeReader.FileRanges> batch = new ArrayList<>();
    List<Optional<RangeReader.FileRanges>> early = new ArrayList<>();
    for (PlannedShard p : shards) {
      for (Verdict.Read read : p.plan().reads()) {
        OpenShard.Files files = p.shard().files();
        batch.add(new RangeReader.FileRanges(files.labels().file(), read.labels().ranges()));
        early.add(
            read.earlyChunks().map(r -> new RangeReader.FileRanges(files.chunks().file(), r)));
      }
    }
    int labels = batch.size();
    if (!room.has(early.stream().flatMap(Optional::stream).toList())) {
      early.replaceAll(_ -> Optional.empty());
    }
    early.forEach(e -> e.ifPresent(batch::add));
    List<RangeReader.Fetched> fetched = reader.fetch(batch, budget);
    trace.batch(
        labels == batch.size() ? "labels" : "labels and chunks",
        batch.stream().map(RangeReader.FileRanges::ranges).toList(),
        begun);
    long decoding = System.nanoTime();
    List<BlockRows> out = new ArrayList<>();
    int at = 0;
    int next = labels;
    for (PlannedShard p : shards) {
      List<int[]> matching = new ArrayList<>();
      for (Verdict.Read read : p.plan().reads()) {
        Optional<RangeReader.Fetched> chunks =
            early.get(at).isPresent() ? Optional.of(fetched.get(next++)) : Optional.empty();
        LabelRows rows =
            decode(read.labels(), fetched.get(at++), p.shard().files().labels(), budget);
        matching.add(rows.rows());
        if (rows.rows().length > 0) {
          out.add(new BlockRows(p.shard(), rows, read.chunks(), chunks));
        } else {
          rows.release(budget);
          chunks.ifPresent(c -> c.releaseAllBut(Set.of()));
        }
      }
      trace.read(p.shard().traced(), p.plan(), matching);
    }
    trace.stage("decode labels", decoding);
    return out;
  }

  private static LabelRows decode(
      LabelPlan plan, RangeReader.Fetched fetched, BlockFile file, QueryBudget budget)
      throws CorruptBlockException, InterruptedException {
    try {
      LabelRows rows = LabelRows.decode(plan, fetched, budget, file.version().key().name());
      fetched.releaseAllBut(Set.of());
      return rows;
    } catch (CorruptBlockException e) {
      fetched.invalidate();
      throw e;
    }
  }

  /// The failure of a query for what went wrong in reading blocks.
  static QueryException failure(Exception e) {
    return switch (e) {
      case CorruptBlockException c ->
          new QueryException.CorruptBlock(String.valueOf(c.getMessage()), c);
      case StaleObjectException s ->
          new QueryException.StorageUnavailable(
              s.getMessage()
                  + switch (s.state()) {
                    case REPLACED -> "; its block is being replaced: run the query again later";
                    case GONE ->
                        "; its block is published without it: run the query again after the next refresh of the catalog, or convert the block again";
                  },
              s);
      case IOException io ->
          new QueryException.StorageUnavailable(String.valueOf(io.getMessage()), io);
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        yield new QueryException.Cancelled("query was canceled in reading blocks");
      }
      case QueryException q -> q;
      default -> new QueryException.Internal("cannot select series: " + e, e);
    };
  }
}
