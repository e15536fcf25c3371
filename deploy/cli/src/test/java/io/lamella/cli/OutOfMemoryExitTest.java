package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.RecordedSamples;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A process that runs out of memory ends, and says so in one line.
@Timeout(60)
class OutOfMemoryExitTest {
  private static final String LINE = "Terminating due to java.lang.OutOfMemoryError: ";

  @TempDir Path root;

  private List<String> serve() throws Exception {
    Path store = Files.createDirectory(root.resolve("store"));
    return List.of(
        "serve",
        "--store",
        store.toString(),
        "--listen",
        "127.0.0.1:" + LaunchedProcess.freePort());
  }

  private static void assertEndsWithOneLine(LaunchedProcess process) throws Exception {
    assertEquals(3, process.exitCode());
    List<String> lines = process.log().lines().filter(l -> l.contains("OutOfMemoryError")).toList();
    assertEquals(1, lines.size(), lines::toString);
    assertTrue(lines.getFirst().startsWith(LINE), lines.getFirst());
  }

  @Test
  void aHeapThatIsTooSmallEndsTheProcess() throws Exception {
    try (LaunchedProcess process = LaunchedProcess.start(root, List.of("-Xmx10m"), serve())) {
      assertEndsWithOneLine(process);
    }
  }

  /// Does what a library does that catches everything: logs, and goes on for ever.
  static final class LoggingLibrary {
    private LoggingLibrary() {}

    public static void main(String[] arguments) throws InterruptedException {
      LoggerFactory.getLogger("org.eclipse.jetty.Server")
          .debug("task failed", new IllegalStateException(new OutOfMemoryError("no thread")));
      Thread.currentThread().join();
    }
  }

  @Test
  void anErrorThatALibraryCatchesAndLogsEndsTheProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile="
                    + RecordedSamples.inProject("deploy", "cli", "src")
                        .resolve("main/resources/logback.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                LoggingLibrary.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertEquals(3, process.waitFor(), output);
      assertEquals(LINE + "no thread", output.strip());
    } finally {
      process.destroyForcibly();
    }
  }
}
