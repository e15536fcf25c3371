package io.lamella.bench.store;

import java.util.concurrent.locks.LockSupport;

/// The line that all answers share: each waits until its bytes would have come through it, and as
/// long as a stream of its own would take.
final class SharedLink {
  private final StoreModel model;
  private long freeNanos = System.nanoTime();

  SharedLink(StoreModel model) {
    this.model = model;
  }

  /// Waits as long as `bytes` take.
  void carry(int bytes) throws InterruptedException {
    if (model.linkBytesPerSecond() == 0) {
      return;
    }
    long now = System.nanoTime();
    long alone = now + (long) (bytes / model.streamBytesPerSecond() * 1e9);
    await(Math.max(alone, reserve(now, bytes)));
  }

  private synchronized long reserve(long now, int bytes) {
    freeNanos = Math.max(freeNanos, now) + (long) (bytes / model.linkBytesPerSecond() * 1e9);
    return freeNanos;
  }

  /// Waits until an instant of [System#nanoTime].
  static void await(long untilNanos) throws InterruptedException {
    for (long left = untilNanos - System.nanoTime();
        left > 0;
        left = untilNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
