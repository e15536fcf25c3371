package io.lamella.gateway.backtest;

import io.lamella.gateway.query.QueryService;
import io.lamella.promql.StepTimes;

/// Limits of one backtest. Whatever it asks for is bounded by them before any work begins.
///
/// @param maxWindows windows, each shift of one counted apart
/// @param maxVerdicts windows times constraints times values of the sweep
/// @param maxSteps evaluation times of one window
/// @param parallelUnits units that are evaluated at once
public record BacktestLimits(int maxWindows, long maxVerdicts, long maxSteps, int parallelUnits) {
  public static final BacktestLimits DEFAULT =
      new BacktestLimits(100_000, 5_000_000, 200_000, QueryService.MAX_JOB_PARTS);

  /// Slots of all windows for which other times are looked for.
  private static final long MAX_SLOTS = 1_000_000;

  /// Values of offending series that the verdicts on one window may tell.
  private static final long MAX_VALUES = 1_000_000;

  private static final long MAX_CALENDAR_SERIES = 200_000;
  private static final long MAX_CALENDAR_SAMPLES = 1_000_000;

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
    // The verdicts on one window become final together.
    long values = (long) rules * backtest.detail().valuesOfVerdict();
    if (values > MAX_VALUES) {
      throw new BacktestException(
          "detail.top_series",
          rules
              + " rules times "
              + backtest.detail().valuesOfVerdict()
              + " values of offending series, limit "
              + MAX_VALUES
              + "; list fewer series, or give a smaller values=");
    }
  }

  /// Checks windows that are read as a metric, where each is a series for each combination of its
  /// labels.
  void checkCalendar(Backtest backtest) {
    long series = 0;
    for (int i = 0; i < backtest.windows().size(); i++) {
      Window w = backtest.windows().get(i);
      long own = Backtest.count(w.labels());
      series = own > MAX_CALENDAR_SERIES ? own : series + own;
      if (series > MAX_CALENDAR_SERIES) {
        throw new BacktestException(
            "windows[" + i + "].labels",
            "more than "
                + MAX_CALENDAR_SERIES
                + " series of "
                + CalendarSource.METRIC
                + ", one for each combination of values");
      }
      if ((w.endMillis() - w.startMillis()) / CalendarSource.SAMPLE_MILLIS > MAX_CALENDAR_SAMPLES) {
        throw new BacktestException(
            "windows[" + i + "]",
            "is longer than "
                + MAX_CALENDAR_SAMPLES
                + " minutes, which a constraint that reads "
                + CalendarSource.METRIC
                + " allows");
      }
    }
  }

  /// Checks the slots that proposals may have to judge.
  void checkProposals(Backtest backtest, Propose propose, int rules) {
    long windows = Math.min(backtest.windows().size(), propose.maxWindows());
    long slots = windows * propose.slots();
    long verdicts = slots * backtest.shiftsMillis().size() * rules;
    if (slots > MAX_SLOTS || verdicts > maxVerdicts) {
      throw new BacktestException(
          "propose",
          windows
              + " windows times "
              + propose.slots()
              + " slots, limit "
              + MAX_SLOTS
              + "; times "
              + backtest.shiftsMillis().size()
              + " shifts times "
              + rules
              + " rules, limit "
              + maxVerdicts
              + " verdicts; use a smaller max_windows, a shorter horizon or a larger step");
    }
  }

  void checkSteps(EvaluationUnit unit) {
    for (EvaluationUnit.JudgedWindow w : unit.judged()) {
      long steps = StepTimes.count(unit.evaluated(w), unit.stepMillis());
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
