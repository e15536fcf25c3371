package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.promql.StepTimes;
import io.lamella.promql.exec.StepSeries;
import java.util.Optional;

/// The first step of a window at which some series violates a rule, where no more is asked for.
/// What comes after it in a series, or in another series, is not looked at.
final class FirstViolation implements WindowState {
  private final long holdMillis;
  private int first = Integer.MAX_VALUE;

  FirstViolation(Rule rule) {
    this.holdMillis = rule.millis().hold();
  }

  @Override
  public void add(StepSeries s, Steps steps) {
    StepTimes times = steps.times();
    int to = Math.min(first, steps.to());
    boolean active = false;
    long activeAt = 0;
    for (int i = steps.from(); i < to; i++) {
      if (!s.has(i)) {
        active = false;
        continue;
      }
      long t = times.time(i);
      if (!active) {
        active = true;
        activeAt = t;
      }
      if (t - activeAt >= holdMillis) {
        first = i;
        return;
      }
    }
  }

  @Override
  public Optional<Violation> violation(Steps steps) {
    return first == Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Violation.firstAt(steps.times().time(first)));
  }
}
