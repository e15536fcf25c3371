package io.lamella.gateway.process;

import java.util.Optional;

/// Ends the process when memory has run out, so that its supervisor starts a new one.
///
/// After an [OutOfMemoryError] no thread can be relied on: whichever allocated next may have died
/// halfway through a change. The launcher sets `-XX:+ExitOnOutOfMemoryError`, which ends the
/// process where the JVM itself throws the error, on any thread. The JVM does not see those that
/// Java code throws: for direct buffers and for threads that cannot be created. These end here,
/// with the same line and the same exit code.
public final class OutOfMemory {
  /// The exit code that HotSpot uses for `-XX:+ExitOnOutOfMemoryError`.
  public static final int EXIT_CODE = 3;

  private static final int MAX_CAUSES = 50;

  private OutOfMemory() {}

  /// Ends the process at once, without shutdown hooks, if the failure is an [OutOfMemoryError] or
  /// was caused by one; otherwise does nothing.
  public static void endProcessIfCause(Throwable failure) {
    cause(failure)
        .ifPresent(e -> {
          System.err.println("Terminating due to " + e);
          System.err.flush();
          Runtime.getRuntime().halt(EXIT_CODE);
        });
  }

  static Optional<OutOfMemoryError> cause(Throwable failure) {
    Throwable t = failure;
    for (int i = 0; t != null && i < MAX_CAUSES; i++) {
      if (t instanceof OutOfMemoryError e) {
        return Optional.of(e);
      }
      t = t.getCause();
    }
    return Optional.empty();
  }
}
