package io.lamella.gateway.backtest;

import org.junit.jupiter.api.Test;

class BacktestVerdictsTest extends MadeHistory {
  @Test
  void aConstraintIsJudgedWithTheLabelsOfEachWindow() {
    series("up", "a", "1 1 1 1 1 1 1 1 1 1 1");
    series("up", "b", "1 1 0 0 1 0 1 1 1 1 1");
    assertVerdicts(
        """
        step: 1m
        windows:
          - {id: first, start: 0, end: 600, labels: {dc_id: a}}
          - {id: second, start: 0, end: 600, labels: {dc_id: b}}
          - {id: both, start: 60, end: 240, labels: {dc_id: [a, b]}}
          - {id: other, start: 0, end: 600, labels: {dc_id: c}}
          - {id: none, start: 0, end: 600}
        constraints:
          - {name: down, expr: 'up{dc_id="$dc_id"} == 0'}
        """,
        "none down error window has no label \"dc_id\", which the constraint asks for",
        "first down ok",
        "second down conflict 2..5 total 3 longest 2 worst 0.0 series 1",
        "both down conflict 2..3 total 2 longest 2 worst 0.0 series 1",
        "other down no_data");
  }

  @Test
  void aSeriesCountsOnceItWasThereForTheHoldTime() {
    series("up", "a", "0 0 1 0 0 0 0 1 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 0, duration: 11m}]
        constraints:
          - {name: hold, expr: up == 0, for: 2m}
          - {name: keep, expr: up == 0, for: 2m, keep_firing_for: 3m}
        """,
        "w hold conflict 5..6 total 2 longest 2 worst 0.0 series 1",
        "w keep conflict 5..9 total 5 longest 5 worst 0.0 series 1");
  }

  @Test
  void eachValueOfAParameterIsJudged() {
    series("load", "a", "1 2 3 4 5 6 7 8 9 10");
    assertVerdicts(
        """
        windows: [{id: w, start: 0, duration: 9m}]
        constraints: [{name: high, expr: load > $limit, for: $hold}]
        sweep: {limit: [7, 20], hold: [0s, 1m]}
        """,
        "w high {hold=0s, limit=7} conflict 7..9 total 3 longest 3 worst 10.0 series 1",
        "w high {hold=0s, limit=20} ok",
        "w high {hold=1m, limit=7} conflict 8..9 total 2 longest 2 worst 10.0 series 1",
        "w high {hold=1m, limit=20} ok");
  }

  @Test
  void windowsTogetherAreAMetric() {
    series("pool", "a", "1 1 1 1 1 1 1 1 1 1 1");
    series("pool", "b", "1 1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        """
        windows:
          - {id: first, start: 0, end: 300, labels: {dc_id: a}}
          - {id: second, start: 180, end: 600, labels: {dc_id: b}}
        constraints:
          - name: all
            expr: count(pool) == count(pool and on (dc_id) maintenance_window)
        """,
        "first all conflict 3..4 total 2 longest 2 worst 2.0 series 1",
        "second all conflict 3..4 total 2 longest 2 worst 2.0 series 1");
  }

  @Test
  void aWindowIsJudgedAtOtherTimesAsWell() {
    series("up", "a", "1 1 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 600, duration: 3m}]
        constraints: [{name: down, expr: up == 0}]
        shift: [0s, 9m]
        """,
        "w down conflict 2..2 total 1 longest 1 worst 0.0 series 1",
        "w down ok");
  }

  @Test
  void whatHasNoDataIsSaidAsTheConstraintAsks() {
    series("up", "a", "_ _ _ _ _ _ _ _ 1 x _ _ _ _ _ _ _ _ _ _");
    assertVerdicts(
        """
        windows: [{id: early, start: 0, end: 420}, {id: late, start: 600, end: 900}]
        constraints:
          - {name: unknown, expr: up == 0}
          - {name: ok, expr: up == 0, on_no_data: ok}
          - {name: conflict, expr: up == 0, on_no_data: conflict}
          - {name: absent, expr: absent(up)}
        """,
        "early unknown no_data",
        "early ok ok",
        "early conflict conflict",
        "early absent conflict 0..7 total 8 longest 8 worst 1.0 series 1",
        "late unknown no_data",
        "late ok ok",
        "late conflict conflict",
        "late absent conflict 10..15 total 6 longest 6 worst 1.0 series 1");
  }

  @Test
  void aFailureIsThatOfTheWindowsThatMeetIt() {
    series("a", "1", "1 1 1 1 1 1 1 1 1 1");
    series("b", "1", "1 1 1 1 1 1 1 1 1 1");
    series("b", "2", "_ _ _ _ _ _ 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: early, start: 0, end: 180}, {id: late, start: 420, end: 540}]
        constraints: [{name: match, expr: a * on () b > 5}]
        """,
        "early match ok",
        "late match error found duplicate series for the match group {} on the right hand-side of the operation: [{__name__=\"b\", dc_id=\"1\"}, {__name__=\"b\", dc_id=\"2\"}];many-to-many matching not allowed: matching labels must be unique on one side");
  }

  @Test
  void windowsMayBeThoseThatHistoryTells() {
    series("maintenance", "a", "0 0 1 1 1 0 0 0 1 1 0");
    series("up", "a", "1 1 1 0 1 1 1 1 1 1 0");
    assertVerdicts(
        """
        start: 0
        end: 600
        windows_from: {expr: maintenance}
        constraints: [{name: down, expr: 'up{dc_id="$dc_id"} == 0'}]
        """,
        "dc_id=a@1970-01-01T00:02:00Z down conflict 3..3 total 1 longest 1 worst 0.0 series 1",
        "dc_id=a@1970-01-01T00:08:00Z down conflict 10..10 total 1 longest 1 worst 0.0 series 1");
  }

  @Test
  void aWindowThatHistoryTellsEndsWithTheRequest() {
    series("maintenance", "a", "0 0 0 0 1 1 1 1 1 1 1");
    series("maintenance", "b", "0 0 0 0 0 0 0 0 0 0 1");
    series("up", "a", "1 1 1 1 1 1 1 1 1 1 1 0 0 0");
    assertVerdicts(
        """
        start: 0
        end: 600
        step: 2m
        windows_from: {expr: maintenance}
        constraints: [{name: down, expr: 'up{dc_id="$dc_id"} == 0'}]
        """,
        "dc_id=a@1970-01-01T00:04:00Z down ok");
  }

  @Test
  void endIsThatOfTheWindowAlsoWhereTheStepDoesNotMeetIt() {
    series("load", "a", "0 1 2 3 4 5 6 7 8 9 10");
    assertVerdicts(
        """
        step: 4m
        windows: [{id: w, start: 60, duration: 6m}]
        constraints: [{name: high, expr: load @ end() > 5}]
        """,
        "w high conflict 1..5 total 8 longest 8 worst 7.0 series 1");
  }

  @Test
  void aValueOfAWindowThatIsGivenTwiceCountsOnce() {
    assertVerdicts(
        """
        windows: [{id: w, start: 0, duration: 2m, labels: {dc_id: [a, a], id: [b, c]}}]
        constraints: [{name: two, expr: 'count(maintenance_window) > 1'}]
        """,
        "w two ok");
  }

  @Test
  void theWorstValueIsTheFarthestFromTheLimitOnWhicheverSideThatStands() {
    series("load", "a", "3 1 2 3");
    assertVerdicts(
        """
        windows: [{id: w, start: 0, duration: 3m}]
        constraints:
          - {name: left, expr: 5 > load}
          - {name: right, expr: load < 5}
          - {name: above, expr: 0 < load}
          - {name: joined, expr: load < 5 and on (dc_id) load > 0}
          - {name: except, expr: load >= 1 unless on (dc_id) load > 5}
        """,
        "w left conflict 0..3 total 4 longest 4 worst 1.0 series 1",
        "w right conflict 0..3 total 4 longest 4 worst 1.0 series 1",
        "w above conflict 0..3 total 4 longest 4 worst 3.0 series 1",
        "w joined conflict 0..3 total 4 longest 4 worst 1.0 series 1",
        "w except conflict 0..3 total 4 longest 4 worst 3.0 series 1");
  }

  @Test
  void shiftMayJudgeWindowsThatHistoryTellsBeforeTheStart() {
    series("maintenance", "a", "_ _ _ _ _ _ _ 1 1 0");
    series("up", "a", "1 1 0 1 1 1 1 1 1 1");
    assertVerdicts(
        """
        start: 360
        end: 600
        shift: [5m]
        windows_from: {expr: maintenance}
        constraints: [{name: down, expr: 'up{dc_id="$dc_id"} == 0'}]
        """,
        "dc_id=a@1970-01-01T00:07:00Z down conflict 2..2 total 1 longest 1 worst 0.0 series 1");
  }
}
