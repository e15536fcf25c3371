package io.lamella.cli;

import io.lamella.gateway.backtest.VerdictRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A part of a backtest: what has arrived of it, and who is at it. Not thread-safe.
final class BacktestPart {
  /// How often it may break off: a part that ends gateways must not end all of them.
  static final int MAX_BROKEN_OFF = 3;

  private PartLines lines = new PartLines();
  private long received;
  private @Nullable VerdictRange numbers;
  private boolean isDone;
  private int brokenOff;
  private final List<PartAttempt> running = new ArrayList<>();
  private final Set<String> failedBy = new HashSet<>();

  PartLines lines() {
    return lines;
  }

  /// The verdicts that have arrived.
  long received() {
    return received;
  }

  boolean isDone() {
    return isDone;
  }

  List<PartAttempt> running() {
    return running;
  }

  boolean hasFailedAt(String gateway) {
    return failedBy.contains(gateway);
  }

  /// The numbers of its verdicts, once a gateway has said them.
  @Nullable VerdictRange numbers() {
    return numbers;
  }

  void start(VerdictRange of) {
    numbers = of;
  }

  /// Takes a verdict, unless another gateway was first.
  ///
  /// @param place in the part
  /// @return the memory that it takes
  long add(long place, String line) {
    if (place != received) {
      return 0;
    }
    long before = lines.bytes();
    lines.add(line);
    received++;
    return lines.bytes() - before;
  }

  /// All has arrived.
  void end() {
    isDone = true;
    running.forEach(PartAttempt::cancel);
  }

  /// @return whether it has failed too often
  boolean failed(PartAttempt attempt, GatewayFailure.Kind kind) {
    failedBy.add(attempt.gateway());
    brokenOff += kind == GatewayFailure.Kind.BROKE_OFF ? 1 : 0;
    return brokenOff >= MAX_BROKEN_OFF;
  }

  /// Forgets what has arrived.
  ///
  /// @return the memory that it took
  long clear() {
    long out = lines.bytes();
    running.forEach(PartAttempt::cancel);
    running.clear();
    lines = new PartLines();
    received = 0;
    isDone = false;
    return out;
  }
}
