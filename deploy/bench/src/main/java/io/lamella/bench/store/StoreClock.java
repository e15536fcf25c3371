package io.lamella.bench.store;

import java.util.concurrent.locks.LockSupport;

/// The clock by which the store model delays responses; tests replace it.
interface StoreClock {
  /// The clock of this machine.
  StoreClock SYSTEM =
      new StoreClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void await(long untilNanos) throws InterruptedException {
          for (long left = untilNanos - System.nanoTime();
              left > 0;
              left = untilNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
          }
        }
      };

  /// Nanoseconds since some instant, like [System#nanoTime].
  long nanoTime();

  /// Waits until [#nanoTime] has reached this instant.
  void await(long untilNanos) throws InterruptedException;
}
