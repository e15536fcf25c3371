package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// What the directory of sort-key runs tells of a selection without reading anything: all rows of a
/// run have the same key, so matchers on the key's labels are decided run by run, each distinct
/// value tested once; and runs without a sample in the range are left out.
///
/// @param directory of the shard
/// @param numbers of the runs that may hold rows that match, by key and time, ascending
/// @param undecided matchers on other labels, which must be tested row by row
public record RunMatch(RunDirectory directory, List<Integer> numbers, List<Matcher> undecided) {
  public static RunMatch of(RunDirectory runs, List<Matcher> matchers, TimeRange range) {
    boolean[][] fits = new boolean[runs.labels().size()][];
    List<Matcher> undecided = new ArrayList<>();
    for (Matcher m : matchers) {
      int label = runs.labels().indexOf(m.name());
      if (label < 0) {
        undecided.add(m);
        continue;
      }
      List<String> values = runs.values(label);
      boolean[] before = fits[label];
      boolean[] verdicts = new boolean[values.size()];
      for (int v = 0; v < verdicts.length; v++) {
        verdicts[v] = (before == null || before[v]) && m.matches(values.get(v));
      }
      fits[label] = verdicts;
    }
    List<Integer> numbers = new ArrayList<>();
    for (int run = 0; run < runs.runs(); run++) {
      if (matches(runs, run, fits) && hasSamples(runs, run, range)) {
        numbers.add(run);
      }
    }
    return new RunMatch(runs, numbers, List.copyOf(undecided));
  }

  private static boolean matches(RunDirectory runs, int run, boolean[][] fits) {
    for (int label = 0; label < fits.length; label++) {
      if (fits[label] != null && !fits[label][runs.code(label, run)]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasSamples(RunDirectory runs, int run, TimeRange range) {
    for (int c = 0; c < runs.dataColumns(); c++) {
      if (touches(runs.statistics(c, run), range)) {
        return true;
      }
    }
    return false;
  }

  static boolean touches(ValueStatistics s, TimeRange range) {
    return s.samples() > 0
        && s.firstMillis() <= range.endMillis()
        && s.lastMillis() >= range.startMillis();
  }

  /// Those of the runs that pass the test.
  RunMatch only(IntPredicate test) {
    return new RunMatch(directory, numbers.stream().filter(test::test).toList(), undecided);
  }

  /// The rows of the runs, counted from the start of the shard.
  public RowRanges rows() {
    RowRanges.Builder rows = new RowRanges.Builder();
    for (int run : numbers) {
      rows.add(directory.firstRow(run), directory.endRow(run));
    }
    return rows.build();
  }

  /// A run's value of the sort key.
  List<String> key(int run) {
    String[] key = new String[directory.labels().size()];
    Arrays.setAll(key, l -> directory.value(l, run));
    return List.of(key);
  }
}
