package io.lamella.gateway.select;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.fetch.StaleObjectException;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.RunMatch;
import io.lamella.gateway.plan.ValuePruning;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SampleHints;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.concurrent.ParallelTasks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// Finds the rows of all blocks that match: layouts in one wave (where they are not in memory),
/// then the label pages of all blocks in one wave.
final class RowSelector {
  private final BlockCatalog catalog;
  private final ShardMetadataReader layouts;
  private final RangeReader reader;

  RowSelector(BlockCatalog catalog, ShardMetadataReader layouts, RangeReader reader) {
    this.catalog = catalog;
    this.layouts = layouts;
    this.reader = reader;
  }

  /// One shard that may hold matches.
  record Candidate(
      BlockMeta block,
      int shard,
      String layout,
      BlockFile labels,
      BlockFile chunks,
      List<LabelPlan> plans) {}

  /// What a caller wants of the rows that match.
  ///
  /// @param labels the label names whose values it will look at, or empty for all
  /// @param withChunks false where it only wants labels: then rows without a sample in the range
  ///   are left out here, and it never asks for chunks
  /// @param samples what it will look at of the samples
  record Wish(Optional<Set<String>> labels, boolean withChunks, SampleHints samples) {
    static final Wish LABELS = new Wish(Optional.empty(), false, SampleHints.EVERYTHING);
  }

  /// A shard that is to be asked, and what it is asked.
  private record Asked(BlockMeta block, int number, BlockPlanner.Question question) {
    BlockMeta.Shard shard() {
      return block.shards().get(number);
    }
  }

  /// A shard whose layout is known.
  private record Opened(Asked asked, BlockFile labels, BlockFile chunks, Optional<RunMatch> match) {
    String layout() {
      return match.isPresent() ? "manifest" : "footer";
    }

    boolean hasRuns() {
      return match.isEmpty() || !match.get().numbers().isEmpty();
    }
  }

  /// The blocks as they are now.
  CatalogSnapshot snapshot() {
    return catalog.snapshot();
  }

  List<BlockRows> select(
      CatalogSnapshot snapshot,
      List<Matcher> matchers,
      TimeRange range,
      Wish wish,
      QueryBudget budget,
      Explained explained)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<BlockMeta> blocks = snapshot.overlapping(range);
    List<Callable<Opened>> opening = new ArrayList<>();
    for (BlockMeta block : blocks) {
      Optional<List<Matcher>> remaining = ExternalLabels.remaining(block.external(), matchers);
      if (remaining.isEmpty()) {
        explained.skipped(block, 0, "meta", "external labels do not match");
        continue;
      }
      boolean whole =
          range.contains(block.range().startMillis()) && range.contains(block.range().endMillis());
      BlockPlanner.Question question =
          new BlockPlanner.Question(
              remaining.get(),
              name -> wish.labels.isEmpty() || wish.labels.get().contains(name),
              range,
              wish.withChunks || whole ? Optional.empty() : Optional.of(range),
              wish.labels.isPresent() && blocks.size() > 1,
              isAlone(block, blocks) ? wish.samples : SampleHints.EVERYTHING);
      for (int shard = 0; shard < block.shards().size(); shard++) {
        Asked asked = new Asked(block, shard, question);
        opening.add(() -> open(asked, wish.withChunks, budget));
      }
    }
    if (opening.isEmpty()) {
      return List.of();
    }
    List<Opened> opened = ParallelTasks.run(opening);
    explained.stage("open layouts", begun);
    long planning = System.nanoTime();
    List<Opened> kept = pruned(opened, range, wish.samples);
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      Opened o = kept.get(i);
      BlockMeta block = o.asked().block();
      List<LabelPlan> plans =
          BlockPlanner.labels(o.labels().metadata(), o.match(), o.asked().question());
      if (plans.isEmpty()) {
        explained.skipped(
            block, o.asked().number(), o.layout(), whySkipped(opened.get(i), o, wish));
      } else {
        candidates.add(
            new Candidate(block, o.asked().number(), o.layout(), o.labels(), o.chunks(), plans));
      }
    }
    explained.stage("plan", planning);
    return read(candidates, range, wish.withChunks, budget, explained);
  }

  private static String whySkipped(Opened before, Opened after, Wish wish) {
    if (!before.hasRuns()) {
      return "no run of the sort key matches and has samples in the range";
    }
    return after.hasRuns()
        ? "no page can hold a match"
        : "no value can be "
            + wish.samples
                .filter()
                .map(f -> f.comparison().text() + " " + f.number())
                .orElse("seen");
  }

  /// True where no other block has samples of the same time.
  private static boolean isAlone(BlockMeta block, List<BlockMeta> all) {
    return all.stream()
        .noneMatch(o ->
            o != block
                && o.minTimeMillis() < block.maxTimeMillis()
                && block.minTimeMillis() < o.maxTimeMillis());
  }

  /// Leaves out runs whose values cannot matter, where every shard tells of its runs and a series'
  /// key is the same in all blocks.
  private static List<Opened> pruned(List<Opened> all, TimeRange range, SampleHints samples) {
    if (samples.filter().isEmpty()
        || all.stream().anyMatch(o -> o.match().isEmpty() || hasKeyLabels(o))) {
      return all;
    }
    List<RunMatch> kept =
        ValuePruning.prune(all.stream().map(o -> o.match().orElseThrow()).toList(), range, samples);
    List<Opened> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Opened o = all.get(i);
      out.add(new Opened(o.asked(), o.labels(), o.chunks(), Optional.of(kept.get(i))));
    }
    return out;
  }

  private static boolean hasKeyLabels(Opened o) {
    return o.match().orElseThrow().directory().labels().stream()
        .anyMatch(o.asked().block().external()::has);
  }

  /// Reads the label pages of all candidates in one wave, and with them the chunk pages of those
  /// whose rows are known already, or are so few that waiting for the labels costs more.
  private List<BlockRows> read(
      List<Candidate> candidates,
      TimeRange range,
      boolean withChunks,
      QueryBudget budget,
      Explained explained)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<RangeReader.Wanted> wave = new ArrayList<>();
    List<Optional<RangeReader.Wanted>> ahead = new ArrayList<>();
    for (Candidate c : candidates) {
      for (LabelPlan plan : c.plans()) {
        wave.add(new RangeReader.Wanted(c.labels().file(), LabelRows.ranges(plan)));
        ahead.add(
            withChunks ? ChunkReader.ahead(c.block(), c.chunks(), plan, range) : Optional.empty());
      }
    }
    int plans = wave.size();
    ahead.forEach(w -> w.ifPresent(wave::add));
    List<RangeReader.Fetched> fetched = reader.wave(wave, budget);
    explained.wave(plans == wave.size() ? "labels" : "labels and chunks", wave, begun);
    long decoding = System.nanoTime();
    List<BlockRows> out = new ArrayList<>();
    int at = 0;
    int next = plans;
    for (Candidate c : candidates) {
      List<LabelRows> matched = new ArrayList<>();
      for (LabelPlan plan : c.plans()) {
        Optional<RangeReader.Fetched> chunks =
            ahead.get(at).isPresent() ? Optional.of(fetched.get(next++)) : Optional.empty();
        LabelRows rows = decode(plan, fetched.get(at++), c);
        matched.add(rows);
        if (rows.rows().length > 0) {
          out.add(new BlockRows(c.block(), c.labels(), c.chunks(), rows, chunks));
        }
      }
      explained.read(c, matched, range, withChunks);
    }
    explained.stage("decode labels", decoding);
    return out;
  }

  private static LabelRows decode(LabelPlan plan, RangeReader.Fetched fetched, Candidate c)
      throws CorruptBlockException {
    try {
      return LabelRows.decode(plan, fetched, c.labels().version().key().name());
    } catch (CorruptBlockException e) {
      fetched.forget();
      throw e;
    }
  }

  private Opened open(Asked asked, boolean withChunks, QueryBudget budget)
      throws IOException, InterruptedException {
    BlockMeta block = asked.block();
    BlockMeta.Shard shard = asked.shard();
    Optional<ShardMetadata> known = layouts.shard(block.ulid(), shard, budget);
    List<BlockFile> files;
    if (known.isPresent()) {
      files = List.of(known.get().labels(), known.get().chunks());
    } else {
      List<Callable<BlockFile>> opening = new ArrayList<>();
      opening.add(() -> layouts.file(block.ulid(), shard.labels(), budget));
      if (withChunks) {
        opening.add(() -> layouts.file(block.ulid(), shard.chunks(), budget));
      }
      files = ParallelTasks.run(opening);
    }
    BlockFile labels = files.getFirst();
    ShardMetadataCheck.check(block, shard, files);
    return new Opened(
        asked,
        labels,
        files.getLast(),
        known.map(
            k -> RunMatch.of(k.runs(), asked.question().matchers(), asked.question().range())));
  }

  /// Turns what went wrong below into the kinds of failure that a query can have.
  static QueryException failure(Exception e) {
    return switch (e) {
      case CorruptBlockException c ->
          new QueryException.CorruptBlock(String.valueOf(c.getMessage()), c);
      case StaleObjectException s ->
          new QueryException.StorageUnavailable(
              s.getMessage()
                  + switch (s.now()) {
                    case ANOTHER -> "; its block is written anew while it is read: ask again later";
                    case GONE ->
                        "; its block is published without it: ask again once the catalog was refreshed, or convert the block again";
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
