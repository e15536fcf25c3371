package io.lamella.gateway.select;

import io.lamella.gateway.explain.TraceRecorder;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.ChunkPlan;
import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.gateway.read.RangeReader;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Fetches the chunk pages of matched rows: all data columns of all blocks in one fetch batch.
final class ChunkReader {
  private ChunkReader() {}

  /// The data columns of each element of `selected`, in order of time.
  static List<List<MatchedColumn>> fetch(
      List<BlockRows> selected, RangeReader reader, QueryBudget budget, TraceRecorder trace)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<RangeReader.FileRanges> batch = new ArrayList<>();
    for (BlockRows s : selected) {
      batch.add(
          new RangeReader.FileRanges(
              s.shard().files().chunks().file(),
              s.earlyChunks().isPresent() ? List.of() : ranges(s)));
    }
    List<RangeReader.Fetched> fetched = reader.fetch(batch, budget);
    trace.batch("chunks", batch.stream().map(RangeReader.FileRanges::ranges).toList(), begun);
    List<List<MatchedColumn>> out = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      BlockRows s = selected.get(i);
      out.add(columns(s, s.earlyChunks().orElse(fetched.get(i)), budget));
    }
    return out;
  }

  private static List<ByteRange> ranges(BlockRows s) {
    List<ByteRange> out = new ArrayList<>();
    for (ChunkPlan.DataColumn column : s.chunks().columns()) {
      for (int p : BlockPlanner.pagesOfRows(column.pages(), s.rows().rows())) {
        out.add(column.pages().range(p));
      }
    }
    return out;
  }

  private static List<MatchedColumn> columns(
      BlockRows s, RangeReader.Fetched fetched, QueryBudget budget) {
    SortedMap<Integer, MatchedColumn> out = new TreeMap<>();
    int[] rows = s.rows().rows();
    for (ChunkPlan.DataColumn c : s.chunks().columns()) {
      out.put(
          c.number(), new MatchedColumn.Chunks(c.pages(), rows, fetched, budget, s.chunksName()));
    }
    // Chunks that were fetched together with the labels may be of rows that do not match.
    fetched.releaseAllBut(Set.copyOf(ranges(s)));
    for (StatisticsColumn c : s.rows().statistics()) {
      long[] samples = s.rows().numbers(c.samples());
      out.put(
          c.dataColumn(),
          new MatchedColumn.FromStatistics(
              c, samples, c.values().map(s.rows()::numbers).orElse(new long[samples.length])));
    }
    return List.copyOf(out.values());
  }
}
