package io.lamella.bench.process;

import io.lamella.cli.Main;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts this program in another process with the same class path and JVM flags.
public final class LamellaProcess {
  private LamellaProcess() {}

  private static List<String> command(String... arguments) {
    List<String> out = new ArrayList<>();
    out.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    out.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    out.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    out.addAll(List.of(arguments));
    return out;
  }

  /// Starts a gateway.
  ///
  /// @param store as `serve --store` takes it
  /// @param flags more flags of `serve`
  public static StartedServer serve(String store, List<String> flags, Path log)
      throws IOException, InterruptedException {
    return StartedServer.start(
        "lamella",
        port -> {
          List<String> all =
              command(
                  "serve",
                  "--store",
                  store,
                  "--listen",
                  "127.0.0.1:" + port,
                  "--catalog.refresh",
                  "1d");
          all.addAll(flags);
          return all;
        },
        log);
  }

  /// Time and memory of a conversion.
  ///
  /// @param peakBytes peak resident memory of the process; 0 where unknown
  public record ConversionCost(double seconds, double cpuSeconds, long peakBytes) {}

  /// Runs a conversion and waits for its end.
  ///
  /// @throws IOException where it fails
  public static ConversionCost convert(
      String from, String to, String replicaLabel, Path work, Path log)
      throws IOException, InterruptedException {
    List<String> command =
        command(
            "convert",
            "--from",
            from,
            "--to",
            to,
            "--replica-label",
            replicaLabel,
            "--work-dir",
            work.toString());
    long started = System.nanoTime();
    double cpu = 0;
    long peak = 0;
    try (ChildProcess process = ChildProcess.start(command, log)) {
      while (!process.awaitEnd(20)) {
        cpu = Math.max(cpu, ProcessFigures.cpuSeconds(process.pid()));
        peak = Math.max(peak, ProcessFigures.peakBytes(process.pid()));
      }
      if (process.exitCode() != 0) {
        throw new IOException(
            "cannot convert the data: exit code " + process.exitCode() + " [log=" + log + "]");
      }
    }
    return new ConversionCost((System.nanoTime() - started) / 1e9, cpu, peak);
  }
}
