package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.List;

/// What the directory of sort-key runs tells of a selection without reading anything: all rows of a
/// run have the same key, so matchers on the key's labels are decided run by run, each distinct
/// value tested once; and runs without a sample in the range are left out.
///
/// @param rows of the shard that may match, by key and time
/// @param undecided matchers on other labels, which must be tested row by row
public record RunMatch(RowRanges rows, List<Matcher> undecided) {
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
    RowRanges.Builder rows = new RowRanges.Builder();
    for (int run = 0; run < runs.runs(); run++) {
      if (matches(runs, run, fits) && hasSamples(runs, run, range)) {
        rows.add(runs.firstRow(run), runs.endRow(run));
      }
    }
    return new RunMatch(rows.build(), List.copyOf(undecided));
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
      ValueStatistics s = runs.statistics(c, run);
      if (s.samples() > 0
          && s.firstMillis() <= range.endMillis()
          && s.lastMillis() >= range.startMillis()) {
        return true;
      }
    }
    return false;
  }
}
