package io.lamella.gateway.select;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.explain.QueryTrace.Verdict;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.select.RowSelector.Candidate;
import io.lamella.gateway.select.RowSelector.Wish;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleUse;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Tells of one selection what a query that asked to be explained wants to know; costs nothing
/// where it did not ask.
final class Explained {
  private final Optional<QueryTrace.Selected> trace;

  private Explained(Optional<QueryTrace.Selected> trace) {
    this.trace = trace;
  }

  static Explained of(List<Matcher> matchers, TimeRange range, Wish wish, QueryBudget budget) {
    return new Explained(
        budget
            .trace()
            .map(t ->
                t.select(
                    matchers.stream()
                        .map(Matcher::toString)
                        .collect(Collectors.joining(",", "{", "}")),
                    looksAt(wish),
                    range.startMillis(),
                    range.endMillis())));
  }

  private static String looksAt(Wish wish) {
    String labels = wish.labels().map(l -> "labels " + new TreeSet<>(l)).orElse("all labels");
    if (!wish.withChunks()) {
      return labels;
    }
    SampleUse use = wish.samples().use();
    String samples =
        switch (use) {
          case EVERYTHING -> "samples";
          case VALUES -> "values of the samples";
          case GREATEST -> "the greatest sample of each window";
          case LEAST -> "the least sample of each window";
          case COUNT -> "the number of samples in each window";
          case PRESENCE -> "whether a window has a sample";
        };
    String filter =
        wish.samples()
            .filter()
            .map(f -> " where they are " + f.comparison().text() + " " + f.number())
            .orElse("");
    return labels + ", " + samples + filter;
  }

  boolean isWanted() {
    return trace.isPresent();
  }

  void stage(String name, long begunNanos) {
    trace.ifPresent(t -> t.stage(name, System.nanoTime() - begunNanos));
  }

  void wave(String what, List<RangeReader.FileRanges> wanted, long begunNanos) {
    trace.ifPresent(t ->
        t.wave(
            new QueryTrace.Wave(
                what,
                wanted.stream().mapToLong(w -> w.ranges().size()).sum(),
                wanted.stream().flatMap(w -> w.ranges().stream()).mapToLong(r -> r.length()).sum(),
                System.nanoTime() - begunNanos)));
  }

  void skipped(BlockMeta block, int shard, String layout, String why) {
    trace.ifPresent(t ->
        t.block(
            new QueryTrace.Block(
                block.ulid().toString(),
                shard,
                layout,
                Verdict.SKIPPED,
                why,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of())));
  }

  /// Tells of a shard of which label pages were read.
  ///
  /// @param rows that matched, one for each of the candidate's plans
  void read(Candidate c, List<LabelRows> rows, TimeRange range, boolean withChunks)
      throws CorruptBlockException {
    if (trace.isEmpty()) {
      return;
    }
    PageCount labels = new PageCount();
    PageCount chunks = new PageCount();
    PageCount needed = new PageCount();
    long candidates = 0;
    long matched = 0;
    boolean exact = true;
    TreeSet<Integer> answered = new TreeSet<>();
    List<String> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      LabelPlan plan = c.plans().get(i);
      int[] matching = rows.get(i).rows();
      candidates += plan.candidates().count();
      matched += matching.length;
      exact &= plan.isExact();
      plan.matchers().forEach(m -> tests.add(m.matcher().toString()));
      plan.answers().forEach(a -> answered.add(a.dataColumn()));
      LabelRows.ranges(plan).forEach(r -> labels.add(r.length()));
      for (ColumnPages column : labelColumns(plan)) {
        needed.add(column, BlockPlanner.pagesOfRows(column, matching), true);
      }
      if (withChunks) {
        for (ColumnPages column :
            ChunkReader.columns(c.block(), c.chunks(), plan.rowGroup(), plan.answers(), range)
                .values()) {
          int[] pages = BlockPlanner.pagesOfRows(column, matching);
          chunks.add(column, pages, false);
          needed.add(column, pages, false);
        }
      }
    }
    trace
        .get()
        .block(
            new QueryTrace.Block(
                c.block().ulid().toString(),
                c.shard(),
                c.layout(),
                exact ? Verdict.TAKEN : Verdict.FILTERED,
                exact
                    ? "runs of the sort key and page bounds decide"
                    : "row by row: " + String.join(",", new TreeSet<>(tests)),
                candidates,
                matched,
                labels.pages,
                labels.bytes,
                chunks.pages,
                chunks.bytes,
                needed.bytes,
                List.copyOf(answered)));
  }

  private static List<ColumnPages> labelColumns(LabelPlan plan) {
    List<ColumnPages> out = new ArrayList<>(plan.columns());
    out.addAll(plan.numberColumns());
    plan.hash().ifPresent(out::add);
    return out;
  }

  private static final class PageCount {
    private long pages;
    private long bytes;

    void add(long length) {
      pages++;
      bytes += length;
    }

    void add(ColumnPages column, int[] numbers, boolean withDictionary) {
      for (int p : numbers) {
        if (!column.isNullPage(p)) {
          add(column.range(p).length());
        }
      }
      if (withDictionary && numbers.length > 0) {
        column.dictionary().ifPresent(d -> add(d.length()));
      }
    }
  }
}
