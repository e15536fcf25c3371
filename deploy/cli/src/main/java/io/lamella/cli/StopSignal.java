package io.lamella.cli;

import java.util.concurrent.CountDownLatch;

/// Waits for the signal that ends the process, and lets the process end, with exit code 0, when it
/// is closed. By itself the JVM would exit with 143, which supervisors count as a failure.
final class StopSignal implements AutoCloseable {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().unstarted(this::stop);

  private StopSignal() {}

  static StopSignal register() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /// Waits until the process is asked to end.
  void await() throws InterruptedException {
    asked.await();
  }

  private void stop() {
    asked.countDown();
    try {
      done.await();
    } catch (InterruptedException e) {
      // Nobody interrupts a shutdown hook.
    }
    Runtime.getRuntime().halt(0);
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending.
    }
  }
}
