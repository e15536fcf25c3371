package io.lamella.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that never outlives this one: told to stop when closed, killed where this one is told
/// to stop first.
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Thread hook;

  private ChildProcess(Process process) {
    this.process = process;
    this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
  }

  /// @param log takes what it prints, behind what is there
  static ChildProcess start(List<String> command, Path log) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    ChildProcess child = new ChildProcess(process);
    Runtime.getRuntime().addShutdownHook(child.hook);
    process.getOutputStream().close();
    return child;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for its end; false where it goes on.
  boolean awaitEnd(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /// Of a process that has ended.
  int exitCode() {
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!awaitEnd(20_000)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is about to run or has.
    }
  }
}
