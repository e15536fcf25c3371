package io.lamella.bench.run;

import io.lamella.bench.query.QueryClass;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Measurement.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Decides whether a run failed: wrong results of our gateway, a class with empty results only, or,
/// with size smoke and a store model without faults, more GETs than a class may take. Times never
/// fail a run.
final class RunVerdict {
  private static final String OURS = "lamella";
  private static final int RESTART_GETS = 12;

  private RunVerdict() {}

  /// @param classesWithResults classes that had at least one result that was not empty
  static List<String> failures(
      RunOptions options, List<Measurement> all, Set<String> classesWithResults) {
    List<String> out = new ArrayList<>();
    for (QueryClass c : QueryClass.values()) {
      if (c.runs(options.size()) && c != QueryClass.Q14 && !classesWithResults.contains(c.name())) {
        out.add(c + ": every result was empty, so nothing was compared");
      }
    }
    boolean countsGets = options.isSmoke() && !options.model().model().isFaulty();
    for (Measurement m : all) {
      if (!m.server().equals(OURS)) {
        continue;
      }
      if (!m.isCorrect()) {
        out.add(m.query().queryClass() + " " + m.phase() + ": wrong result: " + m.difference());
      } else if (countsGets && m.cost().gets() > maxGets(m)) {
        out.add(
            m.query().queryClass()
                + " "
                + m.phase()
                + ": "
                + m.cost().gets()
                + " GETs, at most "
                + maxGets(m)
                + " expected");
      }
    }
    return out;
  }

  private static int maxGets(Measurement m) {
    if (m.phase() == Phase.WARM) {
      return 0;
    }
    if (m.phase() == Phase.RESTART) {
      return RESTART_GETS;
    }
    for (QueryClass c : QueryClass.values()) {
      if (c.name().equals(m.query().queryClass())) {
        return c.smokeGets();
      }
    }
    // The scheduler's plan: six hours of one data center, possibly across midnight.
    return 4;
  }
}
