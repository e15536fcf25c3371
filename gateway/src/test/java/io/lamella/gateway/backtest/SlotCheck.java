package io.lamella.gateway.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.query.QueryOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Checks proposals slot by slot: each against the verdicts of a backtest of its own that has the
/// window there.
public final class SlotCheck {
  private final BacktestService service;
  private final Backtest backtest;
  private int accepted;
  private int rejected;

  public SlotCheck(BacktestService service, Backtest backtest) {
    this.service = service;
    this.backtest = backtest;
  }

  private record Result(List<Verdict> verdicts, List<Proposal> proposals) {}

  private Result run(Backtest b) {
    Result out = new Result(new ArrayList<>(), new ArrayList<>());
    service
        .prepare(b, QueryOptions.NONE)
        .run(
            QueryOptions.NONE,
            new BacktestListener() {
              @Override
              public void verdict(Verdict v) {
                out.verdicts().add(v);
              }

              @Override
              public void proposal(Proposal p) {
                out.proposals().add(p);
              }
            });
    return out;
  }

  /// Slots that were accepted.
  public int accepted() {
    return accepted;
  }

  /// Slots that were rejected because of a constraint.
  public int rejected() {
    return rejected;
  }

  /// Runs the backtest and checks all that it proposes.
  public void check() {
    Result result = run(backtest);
    Set<String> conflicts = new HashSet<>();
    result.verdicts().stream()
        .filter(v -> v.outcome() == Outcome.CONFLICT)
        .forEach(v -> conflicts.add(v.window()));
    Propose propose = backtest.propose().orElseThrow();
    List<String> expected =
        backtest.windows().stream()
            .map(Window::id)
            .filter(conflicts::contains)
            .limit(propose.maxWindows())
            .toList();
    assertEquals(expected, result.proposals().stream().map(Proposal::window).toList());
    for (Proposal p : result.proposals()) {
      check(p, propose);
    }
  }

  private void check(Proposal p, Propose propose) {
    Window own =
        backtest.windows().stream().filter(w -> w.id().equals(p.window())).findFirst().get();
    Map<Long, Optional<Reason>> told = new HashMap<>();
    for (Slot s : p.slots()) {
      told.put(s.movedMillis(), Optional.empty());
      check(own, s);
    }
    for (Rejected r : p.rejected()) {
      told.put(r.slot().movedMillis(), Optional.of(r.reason()));
      check(own, r.slot());
    }
    // All slots up to the last that is proposed, or all where too few are.
    TreeSet<Long> inOrder =
        new TreeSet<>(Comparator.comparingLong((Long m) -> Math.abs(m)).thenComparingLong(m -> -m));
    for (long m = propose.stepMillis(); m <= propose.horizonMillis(); m += propose.stepMillis()) {
      inOrder.add(m);
      inOrder.add(-m);
    }
    boolean isEnough = p.slots().size() == propose.count();
    assertTrue(p.slots().size() <= propose.count());
    assertEquals(
        new ArrayList<>(
            isEnough ? inOrder.headSet(p.slots().getLast().movedMillis(), true) : inOrder),
        new ArrayList<>(sorted(told.keySet(), inOrder)));
    told.forEach((moved, reason) -> check(own, moved, reason));
  }

  private static TreeSet<Long> sorted(Set<Long> all, TreeSet<Long> like) {
    TreeSet<Long> out = new TreeSet<>(like.comparator());
    out.addAll(all);
    return out;
  }

  private static void check(Window own, Slot s) {
    assertEquals(own.startMillis() + s.movedMillis(), s.startMillis());
    assertEquals(own.endMillis() + s.movedMillis(), s.endMillis());
  }

  private void check(Window own, long moved, Optional<Reason> reason) {
    if (reason.isPresent() && !(reason.get() instanceof Reason.Judged)) {
      return;
    }
    List<Window> windows =
        backtest.windows().stream().map(w -> w == own ? w.shifted(moved) : w).toList();
    List<Verdict> verdicts =
        run(new Backtest(
                backtest.stepMillis(),
                windows,
                Optional.empty(),
                backtest.constraints(),
                backtest.recordingRules(),
                backtest.sweep(),
                backtest.shiftsMillis(),
                backtest.detail(),
                backtest.associations(),
                Optional.empty()))
            .verdicts();
    List<Verdict> against =
        verdicts.stream()
            .filter(v -> v.window().equals(own.id()) && v.outcome() != Outcome.OK)
            .sorted(
                Comparator.comparingLong(Verdict::shiftMillis)
                    .thenComparingInt(v -> number(v.constraint())))
            .toList();
    if (reason.isEmpty()) {
      accepted++;
      assertEquals(List.of(), against, () -> own + " moved by " + moved);
      return;
    }
    rejected++;
    assertTrue(!against.isEmpty(), () -> own + " moved by " + moved + ": " + reason);
    Reason.Judged j = (Reason.Judged) reason.get();
    Verdict first = against.getFirst();
    assertEquals(
        new Reason.Judged(
            first.shiftMillis(),
            first.constraint(),
            first.parameters(),
            first.outcome(),
            first.violation().map(Verdict.Violation::firstMillis),
            first.error()),
        j,
        () -> own + " moved by " + moved);
  }

  private int number(String constraint) {
    return backtest.constraints().stream().map(Constraint::name).toList().indexOf(constraint);
  }
}
