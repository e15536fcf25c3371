package io.lamella.gateway.select;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.LayoutCache;
import io.lamella.gateway.cache.LayoutCache.BlockFile;
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
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

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

  /// @param wanted the label names whose values the caller will look at
  /// @param withChunks false where the caller only wants labels: then rows without a sample in the
  ///   range are left out here, and the caller never asks for chunks, so that the chunks file is
  ///   not even opened
  List<BlockRows> select(
      List<Matcher> matchers,
      TimeRange range,
      Predicate<String> wanted,
      boolean withChunks,
      QueryBudget budget)
      throws IOException, InterruptedException {
    List<Callable<List<Candidate>>> opening = new ArrayList<>();
    for (BlockMeta block : catalog.snapshot().overlapping(range)) {
      Optional<List<Matcher>> remaining = ExternalLabels.remaining(block.external(), matchers);
      if (remaining.isEmpty()) {
        continue;
      }
      for (BlockMeta.Shard shard : block.shards()) {
        boolean whole =
            range.contains(block.range().startMillis())
                && range.contains(block.range().endMillis());
        Optional<TimeRange> within = withChunks || whole ? Optional.empty() : Optional.of(range);
        opening.add(() -> open(block, shard, remaining.get(), wanted, withChunks, within, budget));
      }
    }
    if (opening.isEmpty()) {
      return List.of();
    }
    List<Candidate> candidates =
        RangeReader.inParallel(opening).stream().flatMap(List::stream).toList();
    List<RangeReader.Wanted> wave = new ArrayList<>();
    for (Candidate c : candidates) {
      List<ByteRange> ranges = new ArrayList<>();
      c.plans().forEach(p -> ranges.addAll(LabelRows.ranges(p)));
      wave.add(new RangeReader.Wanted(c.labels().version(), ranges));
    }
    List<RangeReader.Fetched> fetched = reader.wave(wave, budget);
    List<BlockRows> out = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      Candidate c = candidates.get(i);
      for (LabelPlan plan : c.plans()) {
        LabelRows rows = decode(plan, fetched.get(i), c);
        if (rows.rows().length > 0) {
          out.add(new BlockRows(c.block(), c.labels(), c.chunks(), rows));
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
      List<Matcher> matchers,
      Predicate<String> wanted,
      boolean withChunks,
      Optional<TimeRange> within,
      QueryBudget budget)
      throws IOException, InterruptedException {
    List<Callable<BlockFile>> files = new ArrayList<>();
    files.add(() -> layouts.file(block.ulid(), shard.labels(), budget));
    if (withChunks) {
      files.add(() -> layouts.file(block.ulid(), shard.chunks(), budget));
    }
    List<BlockFile> opened = RangeReader.inParallel(files);
    BlockFile labels = opened.getFirst();
    LayoutAgreement.check(block, shard, opened);
    List<LabelPlan> plans = BlockPlanner.labels(labels.layout(), matchers, wanted, within);
    return plans.isEmpty()
        ? List.of()
        : List.of(new Candidate(block, labels, opened.getLast(), plans));
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
