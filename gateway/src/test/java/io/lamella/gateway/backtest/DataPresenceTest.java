package io.lamella.gateway.backtest;

import org.junit.jupiter.api.Test;

/// What counts as data is what selectors find at the steps of a window, whatever else is read.
class DataPresenceTest extends MadeHistory {
  @Test
  void aFixedTimeHasNoDataWhereOnlyAnotherConstraintReadsSome() {
    series("up", "a", "_ _ _ _ _ _ _ _ _ _ 1 1 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 720, duration: 2m}]
        constraints:
          - {name: fixed, expr: up @ 60 > 5}
          - {name: own, expr: up > 5}
        """,
        "w fixed no_data",
        "w own ok");
  }

  @Test
  void aFixedStartIsThatOfTheWindow() {
    series("up", "a", "_ _ _ _ _ _ _ _ _ _ 1 1 1 1 1 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 480, duration: 4m}]
        constraints:
          - {name: start, expr: up @ start() > 5}
          - {name: end, expr: up @ end() > 5}
          - {name: own, expr: up > 5}
        """,
        "w start no_data",
        "w end ok",
        "w own ok");
  }

  @Test
  void aSampleThatIsTooOldAtTheNextStepIsNoData() {
    series("up", "a", "_ _ _ 1 _ _ _ _ _ _ _ _ _");
    assertVerdicts(
        """
        step: 10m
        windows: [{id: w, start: 0, duration: 10m}]
        constraints:
          - {name: latest, expr: up > 5}
          - {name: range, expr: 'max_over_time(up[8m]) > 5'}
          - {name: subquery, expr: 'max_over_time(up[4m:1m]) > 5'}
          - {name: sparse, expr: 'max_over_time(up[4m:4m]) > 5'}
        """,
        "w latest no_data",
        "w range ok",
        "w subquery ok",
        "w sparse no_data");
  }

  @Test
  void aSampleAfterTheLastStepIsNoDataAlsoWhereAnotherWindowReadsIt() {
    series("up", "a", "_ _ _ _ _ _ 1 1 1 1 1 1 1");
    assertVerdicts(
        """
        step: 5m
        windows: [{id: first, start: 0, duration: 7m}, {id: second, start: 300, duration: 5m}]
        constraints: [{name: low, expr: up > 5}]
        """,
        "first low no_data",
        "second low ok");
  }
}
