package io.lamella.gateway.backtest;

import io.lamella.gateway.query.QueryService.SeriesView;

/// What the expressions of a backtest read beside history: its windows, and what its rules record.
record DerivedSeries(CalendarSource calendar, RecordingRules rules) {
  /// Both together with history.
  ///
  /// @param shiftMillis of the windows
  SeriesView view(long shiftMillis) {
    return (history, inner) ->
        new RecordedSource(calendar.with(history, shiftMillis), rules, inner);
  }
}
