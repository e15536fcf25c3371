package io.lamella.gateway.backtest;

/// Limits of one backtest. Whatever it asks for is bounded by them before any work begins.
///
/// @param maxWindows windows, each shift of one counted apart
/// @param maxVerdicts windows times constraints times values of the sweep
/// @param maxSteps evaluation times of one window
/// @param parallelUnits units that are evaluated at once
public record BacktestLimits(int maxWindows, long maxVerdicts, long maxSteps, int parallelUnits) {
  public static final BacktestLimits DEFAULT =
      new BacktestLimits(
          100_000, 5_000_000, 200_000, Math.max(1, Runtime.getRuntime().availableProcessors()));

  void check(Backtest backtest, int rules) {
    long windows = (long) backtest.windows().size() * backtest.shiftsMillis().size();
    if (windows > maxWindows) {
      throw new BacktestException(
          "windows", windows + " windows, limit " + maxWindows + "; divide the backtest");
    }
    if (windows * rules > maxVerdicts) {
      throw new BacktestException(
          "constraints",
          windows + " windows times " + rules + " rules, limit " + maxVerdicts + " verdicts");
    }
  }

  void checkSteps(EvaluationUnit unit) {
    for (EvaluationUnit.JudgedWindow w : unit.judged()) {
      long steps = io.lamella.promql.StepTimes.count(unit.evaluated(w), unit.stepMillis());
      if (steps > maxSteps) {
        throw new BacktestException(
            "windows[" + w.number() + "]",
            "window \""
                + w.window().id()
                + "\" has "
                + steps
                + " steps, limit "
                + maxSteps
                + "; use a larger step");
      }
    }
  }
}
