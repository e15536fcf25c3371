package io.lamella.gateway.select;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.LayoutCache;
import io.lamella.gateway.cache.LayoutCache.BlockFile;
import io.lamella.gateway.cache.LayoutCache.ShardLayout;
import io.lamella.gateway.catalog.BlockCatalog;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
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
  private final LayoutCache layouts;
  private final RangeReader reader;

  RowSelector(BlockCatalog catalog, LayoutCache layouts, RangeReader reader) {
    this.catalog = catalog;
    this.layouts = layouts;
    this.reader = reader;
  }

  /// One shard that may hold matches.
  private record Candidate(
      BlockMeta block, BlockFile labels, BlockFile chunks, List<LabelPlan> plans) {}

  /// What a caller wants of the rows that match.
  ///
  /// @param labels the label names whose values it will look at, or empty for all
  /// @param withChunks false where it only wants labels: then rows without a sample in the range
  ///   are left out here, and it never asks for chunks
  record Wish(Optional<Set<String>> labels, boolean withChunks) {
    static final Wish LABELS = new Wish(Optional.empty(), false);
  }

  List<BlockRows> select(List<Matcher> matchers, TimeRange range, Wish wish, QueryBudget budget)
      throws IOException, InterruptedException {
    List<BlockMeta> blocks = catalog.snapshot().overlapping(range);
    List<Callable<List<Candidate>>> opening = new ArrayList<>();
    for (BlockMeta block : blocks) {
      Optional<List<Matcher>> remaining = ExternalLabels.remaining(block.external(), matchers);
      if (remaining.isEmpty()) {
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
              wish.labels.isPresent() && blocks.size() > 1);
      for (BlockMeta.Shard shard : block.shards()) {
        opening.add(() -> open(block, shard, question, wish.withChunks, budget));
      }
    }
    if (opening.isEmpty()) {
      return List.of();
    }
    List<Candidate> candidates =
        RangeReader.inParallel(opening).stream().flatMap(List::stream).toList();
    return read(candidates, range, wish.withChunks, budget);
  }

  /// Reads the label pages of all candidates in one wave, and with them the chunk pages of those
  /// whose rows are known already, or are so few that waiting for the labels costs more.
  private List<BlockRows> read(
      List<Candidate> candidates, TimeRange range, boolean withChunks, QueryBudget budget)
      throws IOException, InterruptedException {
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
    List<BlockRows> out = new ArrayList<>();
    int at = 0;
    int next = plans;
    for (Candidate c : candidates) {
      for (LabelPlan plan : c.plans()) {
        Optional<RangeReader.Fetched> chunks =
            ahead.get(at).isPresent() ? Optional.of(fetched.get(next++)) : Optional.empty();
        LabelRows rows = decode(plan, fetched.get(at++), c);
        if (rows.rows().length > 0) {
          out.add(new BlockRows(c.block(), c.labels(), c.chunks(), rows, chunks));
        }
      }
    }
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

  private List<Candidate> open(
      BlockMeta block,
      BlockMeta.Shard shard,
      BlockPlanner.Question question,
      boolean withChunks,
      QueryBudget budget)
      throws IOException, InterruptedException {
    Optional<ShardLayout> known = layouts.shard(block.ulid(), shard, budget);
    List<BlockFile> files;
    if (known.isPresent()) {
      files = List.of(known.get().labels(), known.get().chunks());
    } else {
      List<Callable<BlockFile>> opening = new ArrayList<>();
      opening.add(() -> layouts.file(block.ulid(), shard.labels(), budget));
      if (withChunks) {
        opening.add(() -> layouts.file(block.ulid(), shard.chunks(), budget));
      }
      files = RangeReader.inParallel(opening);
    }
    BlockFile labels = files.getFirst();
    LayoutAgreement.check(block, shard, files);
    List<LabelPlan> plans =
        BlockPlanner.labels(labels.layout(), known.map(ShardLayout::runs), question);
    return plans.isEmpty()
        ? List.of()
        : List.of(new Candidate(block, labels, files.getLast(), plans));
  }

  /// Turns what went wrong below into the kinds of failure that a query can have.
  static QueryException failure(Exception e) {
    return switch (e) {
      case CorruptBlockException c ->
          new QueryException.CorruptBlock(String.valueOf(c.getMessage()), c);
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
