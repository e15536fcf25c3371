package io.lamella.client;

import java.util.Map;

/// The verdicts of a whole backtest, counted.
public record Summary(Map<Verdict.Outcome, Long> counts) {
  public Summary {
    counts = Map.copyOf(counts);
  }

  public long count(Verdict.Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /// True where every verdict is ok.
  public boolean isClear() {
    return counts.entrySet().stream()
        .allMatch(e -> e.getKey() == Verdict.Outcome.OK || e.getValue() == 0);
  }
}
