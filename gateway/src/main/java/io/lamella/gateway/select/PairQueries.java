package io.lamella.gateway.select;

import io.lamella.gateway.association.LabelPairs;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.cache.LabelPairsCache;
import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.query.PairsReader;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The pairs of two labels, block by block: those of each block are read once, as a whole, and then
/// cached. Never reads chunks.
final class PairQueries {
  /// Blocks whose label pages are read and held at once.
  private static final int ROUND_BLOCKS = 32;

  private final RowSelector selector;
  private final LabelPairsCache cache;

  PairQueries(RowSelector selector, LabelPairsCache cache) {
    this.selector = selector;
    this.cache = cache;
  }

  /// @param ranges of which the blocks are read
  void read(
      CatalogSnapshot snapshot,
      PairedLabels labels,
      List<TimeRange> ranges,
      QueryBudget budget,
      PairsReader to) {
    try {
      List<BlockMeta> missing = new ArrayList<>();
      for (BlockMeta block : blocks(snapshot, ranges)) {
        Optional<LabelPairs> cached = cache.find(key(snapshot, block, labels));
        if (cached.isPresent()) {
          accept(snapshot, block, cached.get(), to);
        } else {
          missing.add(block);
        }
      }
      for (int i = 0; i < missing.size(); i += ROUND_BLOCKS) {
        List<BlockMeta> round = missing.subList(i, Math.min(missing.size(), i + ROUND_BLOCKS));
        readRound(snapshot, labels, round, budget, to);
      }
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  /// @throws IOException where one of the blocks cannot be read
  private static Collection<BlockMeta> blocks(CatalogSnapshot snapshot, List<TimeRange> ranges)
      throws IOException {
    Map<Ulid, BlockMeta> out = new LinkedHashMap<>();
    for (TimeRange range : TimeRange.merged(ranges, List.of())) {
      Optional<TimeRange> served = snapshot.within(range);
      if (served.isPresent()) {
        snapshot.overlapping(served.get()).forEach(b -> out.put(b.ulid(), b));
      }
    }
    return out.values();
  }

  private static LabelPairsCache.Key key(
      CatalogSnapshot snapshot, BlockMeta block, PairedLabels labels) {
    return new LabelPairsCache.Key(snapshot.objects(block).directory(), block.digest(), labels);
  }

  private static void accept(
      CatalogSnapshot snapshot, BlockMeta block, LabelPairs pairs, PairsReader to) {
    snapshot.within(block.range()).ifPresent(served -> to.accept(served, pairs));
  }

  private void readRound(
      CatalogSnapshot snapshot,
      PairedLabels labels,
      List<BlockMeta> blocks,
      QueryBudget budget,
      PairsReader to)
      throws IOException, InterruptedException {
    RowRequest request =
        RowRequest.ofPairs(labels.series(), Set.of(labels.first(), labels.second()));
    TraceRecorder trace = TraceRecorder.of(budget.trace(), request);
    HeldMetadata held = selector.held(budget);
    // Blocks that cannot be read are not among these.
    List<OpenShard> open = selector.open(snapshot.readable(), blocks, request, held, trace);
    Map<Ulid, LabelPairs.Builder> building = new HashMap<>();
    long bytes = 0;
    for (BlockRows rows : selector.read(open, budget, trace)) {
      budget.checkSeries(rows.count());
      bytes +=
          add(
              rows,
              labels,
              building.computeIfAbsent(rows.shard().block().ulid(), _ -> new LabelPairs.Builder()),
              budget);
      rows.rows().release(budget);
    }
    held.release();
    for (BlockMeta block : blocks) {
      LabelPairs.Builder builder = building.remove(block.ulid());
      LabelPairs pairs = (builder == null ? new LabelPairs.Builder() : builder).build();
      cache.put(key(snapshot, block, labels), pairs);
      accept(snapshot, block, pairs, to);
    }
    budget.releaseMemory(bytes);
  }

  /// @return the bytes that are reserved for what was added
  private static long add(
      BlockRows rows, PairedLabels labels, LabelPairs.Builder to, QueryBudget budget) {
    LabelValue first = LabelValue.of(rows, labels.first());
    LabelValue second = LabelValue.of(rows, labels.second());
    long all = 0;
    for (int i = 0; i < rows.count(); i++) {
      TimeRange samples = rows.rows().times(i).orElse(rows.shard().block().range());
      long bytes = to.add(first.of(i), second.of(i), samples);
      if (bytes > 0) {
        budget.reserveMemory(bytes);
        all += bytes;
      }
    }
    return all;
  }

  /// The value of a label in each of some rows. External labels hide a series' own.
  @FunctionalInterface
  private interface LabelValue {
    String of(int row);

    static LabelValue of(BlockRows rows, String name) {
      if (rows.shard().block().external().has(name)) {
        String value = rows.shard().block().external().value(name);
        return _ -> value;
      }
      for (int c = 0; c < rows.rows().columns(); c++) {
        if (rows.rows().name(c).equals(name)) {
          int column = c;
          return i -> rows.rows().value(column, i);
        }
      }
      return _ -> "";
    }
  }
}
