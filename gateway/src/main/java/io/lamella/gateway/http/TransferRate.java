package io.lamella.gateway.http;

import java.time.Duration;

/// Whether a client transfers bytes too slowly. Only the time in which the server waits for the
/// client counts, in windows: in each, the client has to send or take a minimum of bytes.
/// Thread-safe.
final class TransferRate {
  private final long windowNanos;
  private final long minBytes;
  private long bytes;
  private long waitedNanos;
  private boolean waiting;
  private long waitingSince;
  private long windowWaited;
  private long windowBytes;

  /// @param minBytesPerSecond 0 where any progress within a window suffices
  TransferRate(long minBytesPerSecond, Duration window) {
    windowNanos = window.toNanos();
    minBytes = Math.max(1, (long) (minBytesPerSecond * (windowNanos / 1e9)));
  }

  /// The server waits from now on. Does nothing where it waits already.
  synchronized void await(long nanos) {
    if (!waiting) {
      waiting = true;
      waitingSince = nanos;
    }
  }

  /// The server does not wait any more.
  synchronized void proceed(long nanos) {
    waitedNanos = waited(nanos);
    waiting = false;
  }

  synchronized void add(long transferred) {
    bytes += transferred;
  }

  /// True once at the end of a window in which too few bytes were transferred.
  synchronized boolean isTooSlow(long nanos) {
    long waited = waited(nanos);
    if (waited - windowWaited < windowNanos) {
      return false;
    }
    boolean slow = bytes - windowBytes < minBytes;
    windowWaited = waited;
    windowBytes = bytes;
    return slow;
  }

  /// How long the server has waited since the client last had all that there was for it.
  synchronized long waitingNanos(long nanos) {
    return waiting ? nanos - waitingSince : 0;
  }

  private long waited(long nanos) {
    return waitedNanos + (waiting ? nanos - waitingSince : 0);
  }
}
