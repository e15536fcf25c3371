package io.lamella.cli;

import io.lamella.gateway.backtest.Verdict;
import java.util.SortedMap;

/// What a verdict is about. A result has one verdict of each.
record VerdictKey(
    String window, long shiftMillis, String constraint, SortedMap<String, String> parameters) {
  static VerdictKey of(Verdict v) {
    return new VerdictKey(v.window(), v.shiftMillis(), v.constraint(), v.parameters());
  }
}
