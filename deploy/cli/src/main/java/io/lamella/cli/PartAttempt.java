package io.lamella.cli;

import io.lamella.gateway.backtest.VerdictRange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One gateway at one part of a backtest. Several may be at the same part. Thread-safe.
final class PartAttempt {
  private final String gateway;
  private final int part;
  private final long begun = System.nanoTime();
  private volatile long heard = begun;
  private volatile Map<?, ?> progress = Map.of();
  private volatile @Nullable VerdictRange numbers;
  private long received;
  private boolean isCancelled;
  private @Nullable Runnable connection;

  /// @param part from 0
  PartAttempt(String gateway, int part) {
    this.gateway = gateway;
    this.part = part;
  }

  String gateway() {
    return gateway;
  }

  int part() {
    return part;
  }

  long ageNanos() {
    return System.nanoTime() - begun;
  }

  /// The time since the gateway's last line.
  long silentNanos() {
    return System.nanoTime() - heard;
  }

  /// Takes note of a sign of life.
  void heard() {
    heard = System.nanoTime();
  }

  void progress(Map<?, ?> line) {
    progress = line;
  }

  /// The last progress line.
  Map<?, ?> progress() {
    return progress;
  }

  void started(VerdictRange of) {
    numbers = of;
  }

  boolean hasStarted() {
    return numbers != null;
  }

  /// Takes note of the next verdict.
  ///
  /// @return its place in the part
  synchronized long next() {
    return received++;
  }

  /// @param close how the connection is closed from now on
  synchronized void connected(Runnable close) {
    connection = close;
    if (isCancelled) {
      close.run();
    }
  }

  /// Closes the connection, so that the gateway stops.
  synchronized void cancel() {
    isCancelled = true;
    Runnable close = connection;
    if (close != null) {
      close.run();
    }
  }

  synchronized boolean isCancelled() {
    return isCancelled;
  }
}
