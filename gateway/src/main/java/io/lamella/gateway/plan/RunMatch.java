package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.ValueFilter;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// What the directory of sort-key runs proves about a request before anything is read. All rows of
/// a run have the same key, so matchers on the labels of the key are decided run by run, each
/// distinct value tested once. Runs without a sample in the range are skipped.
///
/// @param directory of the shard
/// @param numbers of the runs that may hold rows that match, by key and time, ascending
/// @param undecided matchers on other labels, which must be tested row by row
/// @param pruned runs skipped by their values, where the request has a comparison
public record RunMatch(
    RunDirectory directory,
    List<Integer> numbers,
    List<Matcher> undecided,
    Optional<PrunedRuns> pruned) {
  /// A regular expression may take long; the thread is interrupted at the query's deadline.
  private static final int VALUES_PER_CHECK = 256;

  /// Runs that were skipped because none of their values passes the comparison.
  public record PrunedRuns(ValueFilter filter, List<Integer> numbers) {}

  /// @throws QueryException.Cancelled where the thread is interrupted
  public static RunMatch of(RunDirectory runs, List<Matcher> matchers, TimeRange range) {
    boolean[][] matches = new boolean[runs.labels().size()][];
    List<Matcher> undecided = new ArrayList<>();
    for (Matcher m : matchers) {
      int label = runs.labels().indexOf(m.name());
      if (label < 0) {
        undecided.add(m);
        continue;
      }
      List<String> values = runs.values(label);
      boolean[] before = matches[label];
      boolean[] matching = new boolean[values.size()];
      for (int v = 0; v < matching.length; v++) {
        if (v % VALUES_PER_CHECK == 0 && Thread.currentThread().isInterrupted()) {
          throw new QueryException.Cancelled("query was canceled in planning");
        }
        matching[v] = (before == null || before[v]) && m.matches(values.get(v));
      }
      matches[label] = matching;
    }
    List<Integer> numbers = new ArrayList<>();
    for (int run = 0; run < runs.runs(); run++) {
      if (keyMatches(runs, run, matches) && hasSamples(runs, run, range)) {
        numbers.add(run);
      }
    }
    return new RunMatch(runs, numbers, List.copyOf(undecided), Optional.empty());
  }

  private static boolean keyMatches(RunDirectory runs, int run, boolean[][] matches) {
    for (int label = 0; label < matches.length; label++) {
      if (matches[label] != null && !matches[label][runs.code(label, run)]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasSamples(RunDirectory runs, int run, TimeRange range) {
    for (int c = 0; c < runs.dataColumns(); c++) {
      if (overlaps(runs.statistics(c, run), range)) {
        return true;
      }
    }
    return false;
  }

  static boolean overlaps(ValueStatistics s, TimeRange range) {
    return s.samples() > 0
        && s.firstMillis() <= range.endMillis()
        && s.lastMillis() >= range.startMillis();
  }

  /// Skips the runs that fail the test.
  ///
  /// @param filter that no value of theirs passes
  RunMatch prune(IntPredicate keep, ValueFilter filter) {
    List<Integer> out = numbers.stream().filter(run -> !keep.test(run)).toList();
    return new RunMatch(
        directory,
        numbers.stream().filter(keep::test).toList(),
        undecided,
        Optional.of(new PrunedRuns(filter, out)));
  }

  /// Why no run is left that holds rows of `[start, end)`, counted from the start of the shard.
  SkipReason whyNoRow(long start, long end) {
    return pruned
        .filter(p ->
            p.numbers().stream()
                .anyMatch(run -> directory.firstRow(run) < end && start < directory.endRow(run)))
        .<SkipReason>map(p -> new SkipReason.NoValue(p.filter()))
        .orElse(new SkipReason.NoRun());
  }

  /// The rows of the runs, counted from the start of the shard.
  public RowRanges rows() {
    RowRanges.Builder rows = new RowRanges.Builder();
    for (int run : numbers) {
      rows.add(directory.firstRow(run), directory.endRow(run));
    }
    return rows.build();
  }
}
