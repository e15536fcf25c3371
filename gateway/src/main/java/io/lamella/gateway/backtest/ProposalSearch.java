package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.BacktestRun.Judged;
import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.SlotWalk.SlotRanges;
import io.lamella.gateway.backtest.UnitPlan.Unbound;
import io.lamella.model.TimeRange;
import io.lamella.promql.CountedMemory;
import io.lamella.promql.MemoryAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;

/// Looks for other times of windows in conflict: their slots are judged like windows, by all rules,
/// the nearest ones first, and ever more of them as long as too few are accepted.
final class ProposalSearch {
  /// Windows that are looked after together. Their number bounds what is in memory.
  private static final int BATCH = 32;

  /// Slots of a window that are judged at first, and how many times as many then.
  private static final int FIRST_SLOTS = 16;

  private static final int GROWTH = 4;

  /// What a slot holds, for each shift.
  private static final long SLOT_BYTES = 500;

  private final Backtest backtest;
  private final Propose propose;
  private final List<Rule> rules;
  private final SlotRanges ranges;
  private final List<Long> shifts;
  private final Map<RuleKey, Integer> order = new HashMap<>();

  private record RuleKey(String constraint, SortedMap<String, String> parameters) {}

  /// How slots are judged.
  ///
  /// @param cost takes note of each unit that was judged
  record Judging(
      SlotUnits.Judge judge, UnitsInOrder inOrder, Consumer<Judged> cost, MemoryAccount memory) {}

  /// @param history that blocks cover, ascending and apart; empty where that is not known
  ProposalSearch(Backtest backtest, Propose propose, List<Rule> rules, List<TimeRange> history) {
    this.backtest = backtest;
    this.propose = propose;
    this.rules = rules;
    this.ranges =
        new SlotRanges(
            backtest.shiftsMillis(),
            rules.stream().mapToLong(r -> r.millis().lead()).max().orElse(0),
            rules.stream().mapToLong(r -> r.millis().lag()).max().orElse(0),
            history);
    this.shifts = backtest.shiftsMillis().stream().sorted().toList();
    for (Rule r : rules) {
      order.put(new RuleKey(r.constraint().name(), r.parameters()), order.size());
    }
  }

  /// Proposals for some windows, in their order.
  ///
  /// @param numbers of the windows in the order of the request
  void run(List<Integer> numbers, Judging by, Consumer<Proposal> to) {
    for (int at = 0; at < numbers.size(); at += BATCH) {
      List<SlotWalk> walks = new ArrayList<>();
      for (int n : numbers.subList(at, Math.min(numbers.size(), at + BATCH))) {
        walks.add(new SlotWalk(n, backtest.windows().get(n), propose, ranges));
      }
      long held = walk(walks, by);
      walks.forEach(w -> to.accept(w.proposal()));
      by.memory().release(held);
    }
  }

  /// @return the memory that it has reserved
  private long walk(List<SlotWalk> walks, Judging by) {
    long held = 0;
    long slots = FIRST_SLOTS;
    List<SlotWalk> open = walks;
    while (!open.isEmpty()) {
      int max = Math.toIntExact(Math.min(slots, propose.slots()));
      long more = SLOT_BYTES * max * open.size() * shifts.size();
      by.memory().reserve(more);
      held += more;
      List<Candidate> candidates = new ArrayList<>();
      open.forEach(w -> candidates.addAll(w.take(max)));
      judge(candidates, by);
      candidates.forEach(c -> c.walk().judged(c));
      slots *= GROWTH;
      open = walks.stream().filter(w -> !w.isDone()).toList();
    }
    return held;
  }

  private void judge(List<Candidate> all, Judging by) {
    List<Candidate> open = all.stream().filter(c -> c.reason().isEmpty()).toList();
    if (open.isEmpty()) {
      return;
    }
    try (CountedMemory memory = new CountedMemory(by.memory())) {
      SlotUnits.Plan plan = new SlotUnits(backtest, rules, by.judge()).of(open, memory);
      for (Unbound u : plan.unbound()) {
        u.rules().forEach(r -> note(open, BacktestRun.unbound(u, r)));
      }
      by.inOrder()
          .run(
              plan.units(),
              judged -> {
                by.cost().accept(judged);
                judged.verdicts().forEach(v -> note(open, v));
              });
    }
  }

  private void note(List<Candidate> slots, Verdict v) {
    if (v.outcome() == Verdict.Outcome.OK) {
      return;
    }
    int rule = order.getOrDefault(new RuleKey(v.constraint(), v.parameters()), 0);
    slots
        .get(Integer.parseInt(v.window()))
        .reject(
            shifts.indexOf(v.shiftMillis()) * rules.size() + rule,
            new Reason.Judged(
                v.shiftMillis(),
                v.constraint(),
                v.parameters(),
                v.outcome(),
                v.violation().map(Verdict.Violation::firstMillis),
                v.error()));
  }
}
