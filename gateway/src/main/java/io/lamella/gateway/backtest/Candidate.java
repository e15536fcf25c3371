package io.lamella.gateway.backtest;

import io.lamella.gateway.backtest.Proposal.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A slot while it is judged. Not thread-safe.
final class Candidate {
  private final SlotWalk walk;
  private final Window window;
  private final long movedMillis;
  private int order = Integer.MAX_VALUE;
  private @Nullable Reason reason;

  /// @param window at the slot
  Candidate(SlotWalk walk, Window window, long movedMillis) {
    this.walk = walk;
    this.window = window;
    this.movedMillis = movedMillis;
  }

  SlotWalk walk() {
    return walk;
  }

  Window window() {
    return window;
  }

  long movedMillis() {
    return movedMillis;
  }

  /// Notes a reason against the slot. Of several, that with the lowest order stays.
  void reject(int order, Reason why) {
    if (order < this.order) {
      this.order = order;
      reason = why;
    }
  }

  /// Why the slot is not proposed; empty where it is.
  Optional<Reason> reason() {
    return Optional.ofNullable(reason);
  }
}
