package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.promql.StepTimes;
import io.lamella.promql.exec.StepSeries;
import java.util.Optional;

/// What is known of one rule in one window.
sealed interface WindowState permits RuleState, FirstViolation {
  /// @param from the first step of the window, `to` the step after its last
  record Steps(StepTimes times, int from, int to) {}

  /// Takes the next series of the result.
  void add(StepSeries s, Steps steps);

  /// The violation; empty where there is none.
  Optional<Violation> violation(Steps steps);
}
