package io.lamella.bench.run;

import io.lamella.bench.query.QueryClass;
import io.lamella.bench.report.Measurement;
import io.lamella.bench.report.Measurement.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What makes a run a failed one: wrong answers of ours, nothing but empty answers to compare with,
/// and on size smoke, where the store fails no request, more GETs than a class may take. Times
/// never do.
final class RunVerdict {
  private static final String OURS = "lamella";
  private static final int RESTART_GETS = 12;

  private RunVerdict() {}

  /// @param answered classes with an answer that was not empty
  static List<String> failures(RunOptions options, List<Measurement> all, Set<String> answered) {
    List<String> out = new ArrayList<>();
    for (QueryClass c : QueryClass.values()) {
      if (c.runs(options.size()) && c != QueryClass.Q14 && !answered.contains(c.name())) {
        out.add(c + ": every answer was empty, so nothing was compared");
      }
    }
    boolean countsGets = options.isSmoke() && !options.model().isFaulty();
    for (Measurement m : all) {
      if (!m.server().equals(OURS)) {
        continue;
      }
      if (!m.isRight()) {
        out.add(m.queryClass() + " " + m.phase() + ": wrong answer: " + m.difference());
      } else if (countsGets && m.gets() > most(m)) {
        out.add(
            m.queryClass()
                + " "
                + m.phase()
                + ": "
                + m.gets()
                + " GETs, at most "
                + most(m)
                + " expected");
      }
    }
    return out;
  }

  private static int most(Measurement m) {
    if (m.phase() == Phase.WARM) {
      return 0;
    }
    if (m.phase() == Phase.RESTART) {
      return RESTART_GETS;
    }
    for (QueryClass c : QueryClass.values()) {
      if (c.name().equals(m.queryClass())) {
        return c.smokeGets();
      }
    }
    // The scheduler's plan: six hours of one data center, over midnight perhaps.
    return 4;
  }
}
