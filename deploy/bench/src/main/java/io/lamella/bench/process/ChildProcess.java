package io.lamella.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that does not outlive this JVM: `close` terminates it, and a shutdown hook kills it
/// where the JVM ends first.
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Thread hook;

  private ChildProcess(Process process) {
    this.process = process;
    this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
  }

  /// @param log file to which the output is appended
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

  /// Waits for the process to end; returns false where it still runs after that time.
  boolean awaitEnd(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /// The exit code; valid only once the process has ended.
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
