package io.lamella.cli;

import io.lamella.gateway.query.QueryQueue.QueueLimits;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of how many queries run at once, and how many wait.
final class QueueFlags {
  @Option(
      names = "--query.max-concurrency",
      paramLabel = "N",
      description = "Maximum concurrent queries (default ${DEFAULT-VALUE}).")
  private int maxConcurrency = 20;

  @Option(
      names = "--query.max-concurrency-per-client",
      paramLabel = "N",
      description =
          "Maximum concurrent queries of one client; more wait, and clients take turns (default: three quarters of --query.max-concurrency, so that other clients always find a permit).")
  private int maxPerClient;

  @Option(
      names = "--query.queue-size",
      paramLabel = "N",
      description =
          "Maximum queries that wait; one client may fill three quarters. More are refused with status 503 and Retry-After (default ${DEFAULT-VALUE}).")
  private int queueSize = QueueLimits.MAX_QUEUED;

  @Option(
      names = "--query.queue-timeout",
      paramLabel = "DURATION",
      description =
          "Maximum time that a query waits before it is refused with status 503 and Retry-After; it counts towards --query.timeout (default ${DEFAULT-VALUE}).")
  private String queueTimeout = "30s";

  QueueLimits limits(CommandLine line) {
    if (maxConcurrency < 1 || maxPerClient < 0 || queueSize < 0) {
      throw new CommandLine.ParameterException(
          line,
          "--query.max-concurrency must be at least 1; --query.max-concurrency-per-client and --query.queue-size must not be negative");
    }
    return new QueueLimits(
        maxConcurrency,
        maxPerClient == 0 ? QueueLimits.perClient(maxConcurrency) : maxPerClient,
        queueSize,
        DurationFlag.parse(queueTimeout, "--query.queue-timeout", line));
  }
}
