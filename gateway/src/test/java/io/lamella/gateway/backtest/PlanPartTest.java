package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A backtest that is judged in parts.
class PlanPartTest extends MadeHistory {
  private static final String REQUEST =
      """
      sweep: {limit: [0, 1]}
      windows:
        - {id: a, start: 0, end: 240, labels: {dc_id: 1}}
        - {id: b, start: 61, end: 300, labels: {dc_id: 1}}
        - {id: c, start: 120, end: 180}
        - {id: d, start: 0, end: 300, labels: {dc_id: [1, 2]}}
        - {id: e, start: 60, end: 240, labels: {dc_id: 2}}
      constraints:
        - {name: much, expr: 'm{dc_id=~"$dc_id"} > $limit'}
        - {name: open, expr: count(maintenance_window) > $limit}
        - {name: all, expr: m > 1}
      """;

  private BacktestService.Prepared prepared() {
    series("m", "1", "0 1 2 1 0 3");
    series("m", "2", "2 _ 0 0 1 1");
    return prepared(REQUEST);
  }

  @Test
  void partsOneAfterTheOtherAreTheWhole() {
    BacktestService.Prepared whole = prepared();
    List<String> expected = verdicts(whole).stream().map(MadeHistory::text).toList();
    for (int parts = 1; parts <= 20; parts++) {
      List<String> actual = new ArrayList<>();
      for (int number = 1; number <= parts; number++) {
        BacktestService.Prepared part = whole.part(number, parts);
        assertEquals(actual.size(), part.numbers().from());
        actual.addAll(verdicts(part).stream().map(MadeHistory::text).toList());
        assertEquals(actual.size(), part.numbers().to());
        assertEquals(part.numbers().count(), part.verdicts());
      }
      assertEquals(expected, actual);
    }
  }

  @Test
  void twoPartsShareTheWork() {
    BacktestService.Prepared whole = prepared();
    long first = whole.part(1, 2).verdicts();

    assertTrue(first > whole.verdicts() / 4 && first < whole.verdicts() * 3 / 4, () -> "" + first);
  }
}
