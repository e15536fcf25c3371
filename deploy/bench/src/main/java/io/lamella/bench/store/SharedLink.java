package io.lamella.bench.store;

/// The network link that all responses share. Each response waits until its bytes would have passed
/// the link, and for as long as its own stream would take.
final class SharedLink {
  private final StoreModel.Bandwidth bandwidth;
  private final StoreClock clock;
  private long freeNanos;

  SharedLink(StoreModel.Bandwidth bandwidth, StoreClock clock) {
    this.bandwidth = bandwidth;
    this.clock = clock;
    this.freeNanos = clock.nanoTime();
  }

  /// Waits for as long as the transfer of `bytes` takes.
  void transfer(int bytes) throws InterruptedException {
    if (bandwidth.linkBytesPerSecond() == 0) {
      return;
    }
    long now = clock.nanoTime();
    long streamEndNanos = now + (long) (bytes / bandwidth.streamBytesPerSecond() * 1e9);
    clock.await(Math.max(streamEndNanos, reserve(now, bytes)));
  }

  private synchronized long reserve(long now, int bytes) {
    freeNanos = Math.max(freeNanos, now) + (long) (bytes / bandwidth.linkBytesPerSecond() * 1e9);
    return freeNanos;
  }
}
