package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Goes through the slots of one window, from the nearest to the farthest, until enough of them are
/// accepted. Not thread-safe.
final class SlotWalk {
  private final int number;
  private final Window window;
  private final Propose propose;
  private final SlotRanges ranges;
  private final Optional<QuietHours.Calendar> quiet;
  private final List<Slot> accepted = new ArrayList<>();
  private final List<Rejected> rejected = new ArrayList<>();
  private int next;

  /// Where slots may be judged.
  ///
  /// @param shiftsMillis at which each is judged
  /// @param leadMillis the longest of the rules; `lagMillis` likewise
  /// @param history that blocks cover, ascending and apart; empty where that is not known
  record SlotRanges(
      List<Long> shiftsMillis, long leadMillis, long lagMillis, List<TimeRange> history) {}

  /// @param number of the window in the order of the request
  SlotWalk(int number, Window window, Propose propose, SlotRanges ranges) {
    this.number = number;
    this.window = window;
    this.propose = propose;
    this.ranges = ranges;
    this.quiet =
        propose
            .quietHours()
            .map(q ->
                q.calendar(
                    new TimeRange(
                        window.startMillis() - propose.horizonMillis(),
                        window.startMillis() + propose.horizonMillis())));
  }

  int number() {
    return number;
  }

  boolean isDone() {
    return next >= propose.slots() || accepted.size() >= propose.count();
  }

  /// The next slots.
  List<Candidate> take(int max) {
    List<Candidate> out = new ArrayList<>();
    while (out.size() < max && next < propose.slots()) {
      long moved = propose.offsetMillis(next++);
      Candidate c = new Candidate(this, window.shifted(moved), moved);
      unjudged(c.window()).ifPresent(r -> c.reject(-1, r));
      out.add(c);
    }
    return out;
  }

  /// The reason not to judge a slot.
  private Optional<Reason> unjudged(Window slot) {
    long start = slot.startMillis();
    long end = slot.endMillis();
    boolean isInRange =
        propose.own().contains(start)
            && propose.own().contains(end)
            && ranges.shiftsMillis().stream()
                .allMatch(s ->
                    propose.judged().contains(start - s) && propose.judged().contains(end - s));
    if (!isInRange) {
      return Optional.of(new Reason.OutOfRange());
    }
    if (quiet.isPresent() && !quiet.get().allows(start, end)) {
      return Optional.of(new Reason.OutOfHours());
    }
    boolean hasHistory =
        ranges.history().isEmpty()
            || ranges.shiftsMillis().stream()
                .allMatch(
                    s -> isHistory(start - s - ranges.leadMillis(), end - s + ranges.lagMillis()));
    return hasHistory ? Optional.empty() : Optional.of(new Reason.NoHistory());
  }

  private boolean isHistory(long start, long end) {
    return ranges.history().stream().anyMatch(r -> r.contains(start) && r.contains(end));
  }

  /// Takes a slot that is judged; in the order of [#take].
  void judged(Candidate c) {
    if (accepted.size() >= propose.count()) {
      // It was judged together with nearer ones that suffice.
      return;
    }
    Slot slot = new Slot(c.window().startMillis(), c.window().endMillis(), c.movedMillis());
    c.reason().ifPresentOrElse(r -> rejected.add(new Rejected(slot, r)), () -> accepted.add(slot));
  }

  /// Where too few slots are accepted, all others are rejected ones.
  Proposal proposal() {
    return new Proposal(window.id(), accepted, rejected);
  }
}
