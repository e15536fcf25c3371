package io.lamella.converter.publish;

import java.time.Duration;
import java.time.Instant;

/// Elapsed time and pauses for leases. Never compared with the clock of another machine or of the
/// store, so that a wrong local clock changes nothing.
public interface LeaseTime {
  /// Time since an arbitrary start. It does not go back, and includes time in which the machine was
  /// suspended.
  Duration elapsed();

  void sleep(Duration pause) throws InterruptedException;

  /// Runs a task beside the caller. Closing what is returned interrupts it.
  Background start(Runnable task);

  /// A task that runs beside its starter.
  interface Background extends AutoCloseable {
    @Override
    void close();
  }

  /// The time of this machine.
  static LeaseTime system() {
    return new SystemTime(Instant.now(), System.nanoTime());
  }

  /// The later of two clocks: the monotonic one stands still while the machine is suspended, and
  /// the other may be set back.
  record SystemTime(Instant wallStart, long nanoStart) implements LeaseTime {
    @Override
    public Duration elapsed() {
      Duration monotonic = Duration.ofNanos(System.nanoTime() - nanoStart);
      Duration wall = Duration.between(wallStart, Instant.now());
      return wall.compareTo(monotonic) > 0 ? wall : monotonic;
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      Thread.sleep(pause);
    }

    @Override
    public Background start(Runnable task) {
      Thread thread = Thread.ofVirtual().name("lease").start(task);
      return thread::interrupt;
    }
  }
}
