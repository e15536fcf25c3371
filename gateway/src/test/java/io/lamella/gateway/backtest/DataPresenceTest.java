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

  /// Verdicts on a window from 3 to 5 minutes, of a series that ended after 2.
  private void assertAfterAStaleMarker(String constraints, String... expected) {
    series("up", "a", "1 1 x _ _ _ _ _ _");
    assertVerdicts(
        "windows: [{id: w, start: 180, duration: 2m}]\nconstraints:\n" + constraints, expected);
  }

  @Test
  void afterAStaleMarkerAnInstantSelectorHasNoData() {
    assertAfterAStaleMarker(
        """
        - {name: latest, expr: up > 5}
        """,
        "w latest no_data");
  }

  @Test
  void anOffsetHasDataWhereItReachesBeforeTheStaleMarker() {
    assertAfterAStaleMarker(
        """
        - {name: offset, expr: up offset 1m > 5}
        - {name: earlier, expr: up offset 2m > 5}
        - {name: earliest, expr: up offset 3m > 5}
        """,
        "w offset no_data",
        "w earlier ok",
        "w earliest ok");
  }

  @Test
  void aFixedTimeAfterAStaleMarkerHasNoData() {
    assertAfterAStaleMarker(
        """
        - {name: fixed, expr: up @ 150 > 5}
        """,
        "w fixed no_data");
  }

  @Test
  void aRangeHasTheSamplesBeforeAStaleMarker() {
    assertAfterAStaleMarker(
        """
        - {name: range, expr: 'max_over_time(up[3m]) > 5'}
        """,
        "w range ok");
  }

  @Test
  void aSubqueryHasDataWhereOneOfItsStepsIsBeforeTheStaleMarker() {
    assertAfterAStaleMarker(
        """
        - {name: short, expr: 'max_over_time(up[1m:30s]) > 5'}
        - {name: long, expr: 'max_over_time(up[3m:30s]) > 5'}
        """,
        "w short no_data",
        "w long ok");
  }

  @Test
  void aSeriesThatComesBackAfterAStaleMarkerIsData() {
    series("up", "a", "1 x _ _ 1 x _ _ _ _");
    assertVerdicts(
        """
        step: 4m
        windows: [{id: on, start: 0, duration: 4m}, {id: off, start: 60, duration: 4m}]
        constraints: [{name: low, expr: up > 5}]
        """,
        "on low ok",
        "off low no_data");
  }

  @Test
  void theLastSampleOfASeriesIsDataWithAnOffset() {
    series("up", "a", "_ _ 1");
    assertVerdicts(
        """
        windows: [{id: w, start: 180, duration: 2m}]
        constraints:
          - {name: offset, expr: up offset 1m > 5}
          - {name: ahead, expr: up offset -1m > 5}
          - {name: far, expr: up offset 10m > 5}
        """,
        "w offset ok",
        "w ahead ok",
        "w far no_data");
  }

  @Test
  void theRangeOfAnExpressionIsThatOfTheWindow() {
    series("up", "a", "1 _ _ _ _ _ _ _ _ _ _ _ _ _");
    assertVerdicts(
        """
        windows: [{id: short, start: 540, duration: 2m}, {id: long, start: 540, duration: 10m}]
        constraints:
          - {name: width, expr: 'max_over_time(up[range()]) > 5'}
          - {name: offset, expr: up offset range() > 5}
          - {name: rest, expr: 'max_over_time(up[range() - 4m]) > 5'}
        """,
        "short width no_data",
        "short offset no_data",
        "short rest error duration must be greater than 0",
        "long width ok",
        "long offset ok",
        "long rest no_data");
  }
}
