package io.lamella.gateway.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class OutOfMemoryTest {
  /// Fails as a read does whose thread found no memory, and would go on for ever.
  static final class Failing {
    private Failing() {}

    public static void main(String[] arguments) throws InterruptedException {
      OutOfMemory.endProcessIfCause(new IOException("no memory is involved"));
      OutOfMemory.endProcessIfCause(
          new IllegalStateException(
              new ExecutionException(new OutOfMemoryError("Cannot reserve direct memory"))));
      Thread.currentThread().join();
    }
  }

  @Test
  @Timeout(30)
  void aFailureCausedByItEndsTheProcessWithOneLine() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Failing.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertEquals(OutOfMemory.EXIT_CODE, process.waitFor());
      assertEquals(
          "Terminating due to java.lang.OutOfMemoryError: Cannot reserve direct memory",
          output.strip());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aCycleOfCausesEndsTheSearch() {
    Exception first = new Exception("first");
    first.initCause(new Exception("second", first));

    assertEquals(Optional.empty(), OutOfMemory.cause(first));
  }
}
