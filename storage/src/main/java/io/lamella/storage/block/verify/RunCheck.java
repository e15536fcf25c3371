package io.lamella.storage.block.verify;

import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.Arrays;
import java.util.List;

/// Compares the runs of the sort key in a manifest with the runs of the rows.
final class RunCheck {
  private final RunDirectory runs;
  private final String object;
  private final Findings findings;
  private final ValueStatistics[] run;
  private List<String> key = List.of();
  private int rows;
  private int next;
  private boolean sampled = true;
  private boolean lost;

  /// @param object the manifest's name
  RunCheck(RunDirectory runs, String object, int columns, Findings findings) {
    this.runs = runs;
    this.object = object;
    this.findings = findings;
    this.run = new ValueStatistics[columns];
    Arrays.setAll(run, _ -> new ValueStatistics());
  }

  /// Adds the next row.
  ///
  /// @param value the values of the key's labels in this row
  /// @param whole false where not all its samples could be read
  void add(List<String> value, ValueStatistics[] samples, boolean whole) {
    if (rows > 0 && !value.equals(key)) {
      endRun();
    }
    key = value;
    rows++;
    sampled &= whole;
    for (int c = 0; c < run.length; c++) {
      run[c].add(samples[c]);
    }
  }

  /// Records that the next rows have unreadable labels. No run after them can be compared.
  void lose() {
    lost = true;
  }

  private void endRun() {
    if (!lost) {
      compare();
    }
    next++;
    rows = 0;
    sampled = true;
    for (ValueStatistics s : run) {
      s.clear();
    }
  }

  private void compare() {
    String place = "run=" + next;
    if (next >= runs.runs()) {
      findings.add(object, place, runs.runs() + " runs, but there are rows of " + key);
      lost = true;
      return;
    }
    for (int l = 0; l < key.size(); l++) {
      if (!runs.value(l, next).equals(key.get(l))) {
        findings.add(
            object,
            place,
            "run of "
                + runs.labels().get(l)
                + "=\""
                + runs.value(l, next)
                + "\", the rows have "
                + key);
        lost = true;
        return;
      }
    }
    int stated = runs.endRow(next) - runs.firstRow(next);
    if (stated != rows) {
      findings.add(object, place, stated + " rows of " + key + ", " + rows + " were found");
      lost = true;
      return;
    }
    for (int c = 0; sampled && c < run.length; c++) {
      ValueStatistics there = runs.statistics(c, next);
      if (!same(there, run[c])) {
        findings.add(
            object,
            place + " column=" + c,
            "statistics of " + key + ": " + text(there) + "; the chunks have " + text(run[c]));
      }
    }
  }

  /// Equality of all statistics; 0 and −0 are equal.
  private static boolean same(ValueStatistics a, ValueStatistics b) {
    return a.samples() == b.samples()
        && a.firstMillis() == b.firstMillis()
        && a.lastMillis() == b.lastMillis()
        && a.min() == b.min()
        && a.max() == b.max()
        && a.flags() == b.flags();
  }

  private static String text(ValueStatistics s) {
    return s.samples()
        + " samples at "
        + s.firstMillis()
        + ".."
        + s.lastMillis()
        + " from "
        + s.min()
        + " to "
        + s.max()
        + " flags "
        + s.flags();
  }

  /// Ends the last run and checks that the manifest has no further runs.
  void end() {
    if (rows > 0) {
      endRun();
    }
    if (!lost && next != runs.runs()) {
      findings.add(object, "", runs.runs() + " runs, " + next + " were found");
    }
  }
}
