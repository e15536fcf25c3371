package io.lamella.cli;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Window;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// The verdicts that a request asks for.
///
/// @param sweeps of each constraint, the values of the parameters that it uses
record ExpectedVerdicts(
    Set<String> windows,
    Set<Long> shiftsMillis,
    Map<String, SortedMap<String, List<String>>> sweeps) {
  static ExpectedVerdicts of(Backtest backtest) {
    Map<String, SortedMap<String, List<String>>> sweeps = new HashMap<>();
    for (Constraint c : backtest.constraints()) {
      sweeps.put(c.name(), backtest.sweepOf(c));
    }
    return new ExpectedVerdicts(
        backtest.windows().stream().map(Window::id).collect(Collectors.toUnmodifiableSet()),
        new HashSet<>(backtest.shiftsMillis()),
        sweeps);
  }

  /// @throws IOException where a verdict is none of them; it says what the request does not have
  void check(Verdict v) throws IOException {
    if (!windows.contains(v.window())) {
      throw new IOException("the request has no window \"" + v.window() + "\"");
    }
    if (!shiftsMillis.contains(v.shiftMillis())) {
      throw new IOException("the request has no shift of " + v.shiftMillis() + " ms");
    }
    SortedMap<String, List<String>> sweep = sweeps.get(v.constraint());
    if (sweep == null) {
      throw new IOException("the request has no constraint \"" + v.constraint() + "\"");
    }
    boolean fits =
        sweep.keySet().equals(v.parameters().keySet())
            && sweep.entrySet().stream()
                .allMatch(e -> e.getValue().contains(v.parameters().get(e.getKey())));
    if (!fits) {
      throw new IOException(
          "the request does not judge constraint \"" + v.constraint() + "\" at " + v.parameters());
    }
  }
}
