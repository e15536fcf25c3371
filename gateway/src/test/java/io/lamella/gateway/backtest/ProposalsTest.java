package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Other times for windows in conflict, over series that begin at the epoch.
class ProposalsTest {
  private static final long MINUTE = 60_000;

  private final BacktestFixture history = new BacktestFixture();

  private List<Proposal> proposals(String yaml) {
    List<Proposal> out = new ArrayList<>();
    history.run(
        yaml,
        new BacktestListener() {
          @Override
          public void verdict(Verdict v) {}

          @Override
          public void proposal(Proposal p) {
            out.add(p);
          }
        });
    return out;
  }

  private static String text(Proposal p) {
    return p.window()
        + ":"
        + p.rejected().stream()
            .map(r -> " -" + minute(r.slot()) + " " + text(r.reason()))
            .collect(Collectors.joining())
        + p.slots().stream().map(s -> " +" + minute(s)).collect(Collectors.joining());
  }

  private static String minute(Slot s) {
    return Long.toString(s.startMillis() / MINUTE);
  }

  private static String text(Reason r) {
    return switch (r) {
      case Reason.OutOfRange _, Reason.OutOfHours _, Reason.NoHistory _ -> r.text();
      case Reason.Judged j ->
          r.text()
              + "("
              + j.constraint()
              + (j.parameters().isEmpty() ? "" : " " + j.parameters())
              + (j.shiftMillis() == 0 ? "" : " shift " + j.shiftMillis() / MINUTE)
              + j.firstMillis().map(t -> " " + t / MINUTE).orElse("")
              + j.error().map(e -> " " + e).orElse("")
              + ")";
    };
  }

  private void assertProposals(String yaml, String... expected) {
    assertEquals(
        String.join("\n", expected),
        String.join("\n", proposals(yaml).stream().map(ProposalsTest::text).toList()));
  }

  @Test
  void theNearestSlotsWithoutAViolationAreProposed() {
    history.series("up", "a", "1 1 1 1 1 1 0 1 1 1 1 1 0 1 1 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        windows: [{id: w, start: 600, duration: 2m}]
        constraints: [{name: down, expr: up == 0}]
        propose: {horizon: 10m, step: 1m, count: 3}
        """,
        "w: -11 conflict(down 12) -12 conflict(down 12) +9 +8 +13");
  }

  @Test
  void aWindowWithoutAConflictHasNoProposal() {
    history.series("up", "a", "1 1 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        windows: [{id: w, start: 300, duration: 2m}]
        constraints: [{name: down, expr: up == 0}]
        propose: {}
        """);
  }

  @Test
  void aSlotIsOkForAllValuesAndAllShifts() {
    history.series("load", "a", "1 1 1 1 1 1 1 1 1 1 9 1 1 5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        windows: [{id: w, start: 1200, duration: 2m}]
        constraints: [{name: high, expr: load > $limit}]
        sweep: {limit: [7, 4]}
        shift: [0s, 10m]
        propose: {horizon: 5m, step: 1m, count: 2}
        """,
        "w: -21 conflict(high {limit=4} shift 10 13) -19 conflict(high {limit=7} shift 10 10)"
            + " -22 conflict(high {limit=4} shift 10 13) -18 conflict(high {limit=7} shift 10 10)"
            + " -23 conflict(high {limit=4} shift 10 13) +17 +24");
  }

  @Test
  void onlyTheEntryOfTheMovedWindowMoves() {
    history.series("pool", "a", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    history.series("pool", "b", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        windows:
          - {id: first, start: 600, duration: 4m, labels: {dc_id: a}}
          - {id: second, start: 720, duration: 4m, labels: {dc_id: b}}
        constraints:
          - name: all
            expr: count(pool) == count(pool and on (dc_id) maintenance_window)
        propose: {horizon: 8m, step: 1m, count: 2}
        """,
        "first: -11 conflict(all 12) -9 conflict(all 12) -12 conflict(all 12) -13 conflict(all 13)"
            + " +8 +7",
        "second: -13 conflict(all 13) -11 conflict(all 11) -10 conflict(all 10) +14 +15");
  }

  @Test
  void slotsAreWhereTheRequestAllowsWork() {
    history.series("up", "a", "1 1 1 1 1 1 1 1 1 1 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        start: 120
        windows: [{id: w, start: 600, duration: 4m}]
        constraints: [{name: down, expr: up == 0}]
        propose:
          horizon: 12m
          step: 4m
          count: 5
          latest: 1199
          quiet_hours: {work: outside, times: "00:03-00:04"}
        """,
        "w: -6 conflict(down 10) -18 out_of_range -2 quiet_hours -22 out_of_range"
            + " --2 out_of_range +14");
  }

  @Test
  void aSlotWithoutDataIsNotProposedUnlessTheConstraintSaysSo() {
    history.series("up", "a", "1 1 1 1 1 1 1 1 1 1 0 x _ _ _ _ _ _ _ _ _");
    assertProposals(
        """
        windows: [{id: w, start: 540, duration: 2m}]
        constraints: [{name: down, expr: up == 0}]
        propose: {horizon: 8m, step: 8m, count: 1}
        """,
        "w: -17 no_data(down) +1");
    assertProposals(
        """
        windows: [{id: w, start: 540, duration: 2m}]
        constraints: [{name: down, expr: up == 0, on_no_data: ok}]
        propose: {horizon: 8m, step: 8m, count: 1}
        """,
        "w: +17");
  }

  @Test
  void whatNoSlotCanHaveIsSaidOfEach() {
    history.series("up", "a", "1 1 1 1 0 1 1 1 1 1");
    assertProposals(
        """
        windows: [{id: w, start: 240, duration: 1m}]
        constraints:
          - {name: down, expr: up == 0}
          - {name: other, expr: 'up{dc_id="$dc_id"} == 0'}
        propose: {horizon: 2m, step: 2m, count: 1}
        """,
        "w: -6 error(other window has no label \"dc_id\", which the constraint asks for)"
            + " -2 error(other window has no label \"dc_id\", which the constraint asks for)");
  }

  @Test
  void onlyTheFirstWindowsInConflictHaveProposals() {
    history.series("up", "a", "1 0 1 0 1 0 1 1 1 1 1 1 1 1 1");
    assertProposals(
        """
        windows:
          - {id: c, start: 300, duration: 1m}
          - {id: a, start: 60, duration: 1m}
          - {id: ok, start: 540, duration: 1m}
          - {id: b, start: 180, duration: 1m}
        constraints: [{name: down, expr: up == 0}]
        propose: {horizon: 6m, step: 6m, count: 1, max_windows: 2}
        """,
        "c: +11",
        "a: +7");
  }

  @Test
  void slotsThatSeeWindowsAtADistanceOfTheirLengthDoNotSeeEachOther() {
    history.series("up", "a", "1 ".repeat(60) + "0" + " 1".repeat(60));
    assertProposals(
        """
        windows: [{id: w, start: 3000, duration: 20m}]
        constraints:
          - {name: down, expr: up == 0}
          - {name: before, expr: maintenance_window offset (range() + 2m) == 1}
        propose: {horizon: 42m, step: 7m, count: 12}
        """,
        "w: -57 conflict(down 60) -43 conflict(down 60)"
            + " +64 +36 +71 +29 +78 +22 +85 +15 +92 +8");
  }
}
