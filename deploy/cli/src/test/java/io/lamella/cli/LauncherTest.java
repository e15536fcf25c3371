package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lamella.storage.RecordedSamples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the launcher leaves behind while it prepares the start-up cache. A script stands in for the
/// JVM: it writes its process id to a file named after its main class and runs until it is killed.
@Timeout(60)
class LauncherTest {
  private static final String JVM =
      """
      #!/bin/sh
      for a; do case "$a" in io.lamella.*) main=$a;; esac; done
      echo "$$" >"$PIDS/$main.new" && mv "$PIDS/$main.new" "$PIDS/$main"
      [ "$main" = io.lamella.bench.Main ] && { [ -z "$NO_STORE" ] || exit 1; echo "serving on port 1"; }
      exec sleep 600
      """;

  @TempDir Path root;

  private final List<ProcessHandle> jvms = new ArrayList<>();
  private Path temporary = Path.of("");

  @BeforeEach
  void copy() throws IOException {
    executable(
        "lamella",
        Files.readString(RecordedSamples.inProject("LICENSE").resolveSibling("lamella")));
    executable(".ci/find-jdk", "echo '" + root + "/jdk'");
    executable("jdk/bin/java", JVM);
    Files.createDirectories(root.resolve("deploy/cli/target/lamella/lib"));
    Files.createFile(root.resolve("deploy/cli/target/lamella/.built"));
    Files.createDirectory(root.resolve("pids"));
    temporary = Files.createDirectory(root.resolve("tmp"));
  }

  private void executable(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void end() {
    jvms.forEach(ProcessHandle::destroyForcibly);
  }

  /// Starts the launcher and waits until both JVMs of the start-up cache run.
  private Process launcher(String noStore) throws IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder(root.resolve("lamella").toString(), "--version");
    command.environment().put("NO_STORE", noStore);
    command.environment().put("PIDS", root.resolve("pids").toString());
    command.environment().put("TMPDIR", temporary.toString());
    command.redirectErrorStream(true).redirectOutput(root.resolve("out").toFile());
    Process launcher = command.start();
    for (String main : List.of("io.lamella.bench.Main", "io.lamella.cli.Main")) {
      Path pid = root.resolve("pids").resolve(main);
      until(() -> Files.exists(pid));
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(jvms::add);
    }
    return launcher;
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void until(Condition condition) throws IOException, InterruptedException {
    while (!condition.holds()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void assertNothingIsLeft() throws Exception {
    for (ProcessHandle jvm : jvms) {
      jvm.onExit().get(10, TimeUnit.SECONDS);
    }
    until(() -> !Files.exists(root.resolve("deploy/cli/target/lamella/.aot-lock")));
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
    assertTrue(
        Files.notExists(root.resolve("deploy/cli/target/lamella/lamella.aot")),
        "the next start makes the cache");
  }

  @Test
  void aKilledLauncherLeavesNoProcessBehind() throws Exception {
    launcher("").destroyForcibly().waitFor();

    assertNothingIsLeft();
  }

  @Test
  void aTerminatedLauncherLeavesNoProcessBehind() throws Exception {
    launcher("").destroy();

    assertNothingIsLeft();
  }

  @Test
  void anInterruptedLauncherEndsAndLeavesNoProcessBehind() throws Exception {
    assumeFalse(interruptsAreIgnored(), "SIGINT is ignored here, as in background jobs of a shell");
    Process launcher = launcher("");

    new ProcessBuilder("kill", "-INT", Long.toString(launcher.pid())).start().waitFor();

    assertEquals(130, launcher.waitFor());
    assertNothingIsLeft();
  }

  /// Whether processes started from here inherit an ignored SIGINT, which a shell cannot undo.
  private static boolean interruptsAreIgnored() throws Exception {
    Process p = new ProcessBuilder("sh", "-c", "kill -INT $$; echo ignored").start();
    return new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .contains("ignored");
  }

  @Test
  void withoutAStoreModelTheLauncherCleansUpAsWell() throws Exception {
    launcher("no free port").destroyForcibly().waitFor();

    assertNothingIsLeft();
  }
}
