package io.lamella.bench.store;

import java.util.concurrent.locks.LockSupport;

/// The network link that all responses share. Each response waits until its bytes would have passed
/// the link, and for as long as its own stream would take.
final class SharedLink {
  private final StoreModel model;
  private long freeNanos = System.nanoTime();

  SharedLink(StoreModel model) {
    this.model = model;
  }

  /// Waits for as long as the transfer of `bytes` takes.
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

  /// Waits until [System#nanoTime] has reached this instant.
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
