package io.lamella.gateway.explain;

import io.lamella.gateway.explain.QueryTrace.Decision;
import io.lamella.gateway.explain.QueryTrace.FetchBatch;
import io.lamella.gateway.explain.QueryTrace.Pages;
import io.lamella.gateway.explain.QueryTrace.ReadAmount;
import io.lamella.gateway.explain.QueryTrace.ShardTrace;
import io.lamella.gateway.explain.QueryTrace.TracedShard;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.ChunkPlan;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.ShardPlan;
import io.lamella.gateway.plan.Verdict;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.model.Matcher;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.object.ByteRange;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Records how a selector's request is planned and read. Does nothing, and costs nothing, where the
/// query is not to be explained.
public final class TraceRecorder {
  private final Optional<SelectorTrace> trace;

  private TraceRecorder(Optional<SelectorTrace> trace) {
    this.trace = trace;
  }

  /// A recorder for a request, which adds to the query's trace.
  public static TraceRecorder of(Optional<QueryTrace> query, RowRequest request) {
    return new TraceRecorder(
        query.map(q -> {
          SelectorTrace s =
              new SelectorTrace(
                  request.matchers().stream()
                      .map(Matcher::toString)
                      .collect(Collectors.joining(",", "{", "}")),
                  uses(request),
                  request.range());
          q.add(s);
          return s;
        }));
  }

  private static String uses(RowRequest request) {
    String labels =
        request.labels().names().map(l -> "labels " + new TreeSet<>(l)).orElse("all labels");
    if (!request.readsChunks()) {
      return labels;
    }
    String samples =
        switch (request.samples().use()) {
          case EVERYTHING -> "samples";
          case VALUES -> "values of the samples";
          case MAX -> "the maximum of each window";
          case MIN -> "the minimum of each window";
          case COUNT -> "the number of samples in each window";
          case PRESENCE -> "whether a window has a sample";
        };
    String filter =
        request
            .samples()
            .filter()
            .map(f -> " where they are " + f.comparison().text() + " " + f.number())
            .orElse("");
    return labels + ", " + samples + filter;
  }

  /// Records the time since `begunNanos`, by [System#nanoTime], also in the trace of a request that
  /// is exported.
  public void stage(String name, long begunNanos) {
    CurrentSpan.get().childSince(name, begunNanos).close();
    trace.ifPresent(t -> t.add(name, System.nanoTime() - begunNanos));
  }

  /// Records a fetch batch that was sent at `begunNanos`.
  ///
  /// @param what the ranges hold
  public void batch(String what, List<List<ByteRange>> files, long begunNanos) {
    trace.ifPresent(t ->
        t.add(
            new FetchBatch(
                what,
                files.stream().mapToLong(List::size).sum(),
                files.stream().flatMap(List::stream).mapToLong(ByteRange::length).sum(),
                System.nanoTime() - begunNanos)));
  }

  /// Records a block that its meta rules out.
  public void skippedBlock(String block, Verdict.Skip skip) {
    trace.ifPresent(t ->
        t.add(
            new ShardTrace(
                new TracedShard(block, 0, "meta"), decision(skip), List.of(), ReadAmount.NOTHING)));
  }

  /// Records a shard that its block's meta rules out.
  public void skippedShard(String block, int number, Verdict.Skip skip) {
    trace.ifPresent(t ->
        t.add(
            new ShardTrace(
                new TracedShard(block, number, "meta"),
                decision(skip),
                List.of(),
                ReadAmount.NOTHING)));
  }

  /// Records a shard all of whose row groups are skipped.
  public void skippedShard(TracedShard shard, ShardPlan plan, Verdict.Skip skip) {
    trace.ifPresent(
        t -> t.add(new ShardTrace(shard, decision(skip), decisions(plan), ReadAmount.NOTHING)));
  }

  /// Records a shard whose label pages were read.
  ///
  /// @param matching rows, ascending, for each of the row groups that were read
  public void read(TracedShard shard, ShardPlan plan, List<int[]> matching) {
    trace.ifPresent(t ->
        t.add(
            new ShardTrace(
                shard, decision(plan.reads()), decisions(plan), amount(plan.reads(), matching))));
  }

  private static Decision decision(Verdict verdict) {
    String word =
        switch (verdict) {
          case Verdict.Skip _ -> "skipped";
          case Verdict.Filter _ -> "filtered";
          case Verdict.Take _ -> "taken";
        };
    return new Decision(word, verdict.why());
  }

  private static List<Decision> decisions(ShardPlan plan) {
    return plan.rowGroups().stream().map(TraceRecorder::decision).toList();
  }

  /// A shard is taken where every row group that is read is taken.
  private static Decision decision(List<Verdict.Read> reads) {
    List<Verdict.Read> filtered = reads.stream().filter(Verdict.Filter.class::isInstance).toList();
    return filtered.isEmpty()
        ? decision(reads.getFirst())
        : new Decision(
            "filtered",
            filtered.stream().map(Verdict::why).distinct().collect(Collectors.joining("; ")));
  }

  private static ReadAmount amount(List<Verdict.Read> reads, List<int[]> matching) {
    PageSum labels = new PageSum();
    PageSum chunks = new PageSum();
    PageSum needed = new PageSum();
    long candidates = 0;
    long matched = 0;
    TreeSet<Integer> fromStatistics = new TreeSet<>();
    for (int i = 0; i < reads.size(); i++) {
      Verdict.Read read = reads.get(i);
      int[] rows = matching.get(i);
      candidates += read.labels().candidates().count();
      matched += rows.length;
      read.labels().statistics().forEach(s -> fromStatistics.add(s.dataColumn()));
      read.labels().ranges().forEach(labels::add);
      for (ColumnPages column : read.labels().allColumns()) {
        needed.add(column, BlockPlanner.pagesOfRows(column, rows));
        if (rows.length > 0) {
          column.dictionary().ifPresent(needed::add);
        }
      }
      for (ChunkPlan.DataColumn column : read.chunks().columns()) {
        int[] pages = BlockPlanner.pagesOfRows(column.pages(), rows);
        chunks.add(column.pages(), pages);
        needed.add(column.pages(), pages);
      }
    }
    return new ReadAmount(
        candidates,
        matched,
        labels.sum,
        chunks.sum,
        needed.sum.bytes(),
        List.copyOf(fromStatistics));
  }

  private static final class PageSum {
    private Pages sum = Pages.NONE;

    void add(ByteRange range) {
      sum = sum.plus(range.length());
    }

    void add(ColumnPages column, int[] numbers) {
      for (int p : numbers) {
        if (!column.isNullPage(p)) {
          add(column.range(p));
        }
      }
    }
  }
}
