package io.lamella.cli;

import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.log.QueryLog;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.metrics.QueryLogMetrics;
import io.lamella.gateway.trace.OtlpTracing;
import io.lamella.gateway.trace.Tracing;
import io.lamella.gateway.trace.TracingConfig;
import io.lamella.storage.BuildVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Flags of `serve` for those who watch the gateway: query logs, tracing, the admin listener, the
/// stop.
final class WatchFlags {
  @Option(
      names = "--query.log-file",
      paramLabel = "FILE",
      description =
          "File to which each query is appended when it has ended, as a JSON line in the shape of Prometheus' query log (default: off). It may be rotated at any time.")
  private String queryLog = "";

  @Option(
      names = "--query.slow-log-file",
      paramLabel = "FILE",
      description =
          "File to which queries that took at least --query.slow-log-threshold are appended (default: off).")
  private String slowLog = "";

  @Option(
      names = "--query.slow-log-threshold",
      paramLabel = "DURATION",
      description =
          "Shortest time from a request to its last byte that makes a query slow (default ${DEFAULT-VALUE}).")
  private String slowThreshold = "5s";

  @Option(
      names = "--tracing.config-file",
      paramLabel = "FILE",
      description =
          "YAML file with Thanos' tracing configuration, type OTLP with client_type http (default: off).")
  private String tracingFile = "";

  @Option(
      names = "--tracing.config",
      paramLabel = "YAML",
      description = "The content of --tracing.config-file.")
  private String tracing = "";

  @Option(
      names = "--web.admin-listen",
      paramLabel = "[HOST]:PORT",
      description =
          "Address of a listener that lists and kills active queries, without a password (default: off; without a host: 127.0.0.1).")
  private String admin = "";

  @Option(
      names = {"--web.shutdown-timeout", "--http-grace-period"},
      paramLabel = "DURATION",
      description =
          "How long a stop waits for active requests before it cuts them off (default ${DEFAULT-VALUE}).")
  private String grace = "25s";

  /// The open query logs.
  record QueryLogs(List<QueryLog> logs) implements Consumer<LoggedQuery>, AutoCloseable {
    QueryLogs {
      logs = List.copyOf(logs);
    }

    @Override
    public void accept(LoggedQuery query) {
      logs.forEach(l -> l.log(query));
    }

    @Override
    public void close() {
      logs.forEach(QueryLog::close);
    }
  }

  /// Checks the values that can be checked before anything is opened.
  void check(CommandLine line) {
    DurationFlag.parse(slowThreshold, "--query.slow-log-threshold", line);
    grace(line);
    admin(line);
    if (!tracing.isEmpty() && !tracingFile.isEmpty()) {
      throw new CommandLine.ParameterException(
          line, "give either --tracing.config or --tracing.config-file");
    }
  }

  Duration grace(CommandLine line) {
    return DurationFlag.parse(grace, "--web.shutdown-timeout", line);
  }

  /// The address of the admin listener, if there is one.
  Optional<Listen> admin(CommandLine line) {
    if (admin.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Listen.parse(admin.startsWith(":") ? "127.0.0.1" + admin : admin, line));
  }

  /// @throws IOException where a file cannot be opened
  QueryLogs openLogs(GatewayMetrics metrics, CommandLine line) throws IOException {
    List<QueryLog> out = new ArrayList<>();
    if (!queryLog.isEmpty()) {
      out.add(
          QueryLog.open(
              Path.of(queryLog), Duration.ZERO, metrics.queryLog(QueryLogMetrics.Log.ALL)));
    }
    if (!slowLog.isEmpty()) {
      out.add(
          QueryLog.open(
              Path.of(slowLog),
              DurationFlag.parse(slowThreshold, "--query.slow-log-threshold", line),
              metrics.queryLog(QueryLogMetrics.Log.SLOW)));
    }
    return new QueryLogs(out);
  }

  /// @throws IOException where the configuration cannot be read
  Tracing openTracing() throws IOException {
    if (tracing.isEmpty() && tracingFile.isEmpty()) {
      return Tracing.OFF;
    }
    String yaml = tracingFile.isEmpty() ? tracing : Files.readString(Path.of(tracingFile));
    try {
      return OtlpTracing.open(TracingConfig.parse(yaml, System.getenv()), BuildVersion.NUMBER);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "cannot read the tracing configuration: "
              + e.getMessage()
              + (tracingFile.isEmpty() ? "" : " [" + tracingFile + "]"),
          e);
    }
  }
}
