package io.lamella.cli;

import io.lamella.gateway.http.ClientLimits;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of what the HTTP server grants its clients.
final class ClientFlags {
  @Option(
      names = "--web.max-connections",
      paramLabel = "N",
      description =
          "Maximum concurrent connections; more wait to be accepted (default ${DEFAULT-VALUE}).")
  private int maxConnections = ClientLimits.DEFAULT.maxConnections();

  @Option(
      names = "--web.read-timeout",
      paramLabel = "DURATION",
      description = "Time after which idle connections are closed (default ${DEFAULT-VALUE}).")
  private String readTimeout = "5m";

  @Option(
      names = "--web.min-rate",
      paramLabel = "SIZE",
      description =
          "Minimum bytes per second that a client must send of a request, and take of a response; 0 if anything suffices (default ${DEFAULT-VALUE}).")
  private String minRate = "16KiB";

  @Option(
      names = "--web.slow-client-timeout",
      paramLabel = "DURATION",
      description =
          "Time after which a client below --web.min-rate is cut off; the headers of a request must be complete within it (default ${DEFAULT-VALUE}).")
  private String slowAfter = "30s";

  @Option(
      names = "--query.client-header",
      paramLabel = "NAME",
      description =
          "Header that names the client, for a fair share of permits; to be set by a trusted proxy (default: a client is an address).")
  private String clientHeader = "";

  ClientLimits limits(CommandLine line) {
    if (maxConnections < 1) {
      throw new CommandLine.ParameterException(line, "--web.max-connections must be positive");
    }
    return new ClientLimits(
        maxConnections,
        DurationFlag.parse(readTimeout, "--web.read-timeout", line),
        Sizes.parse(minRate, "--web.min-rate", line),
        DurationFlag.parse(slowAfter, "--web.slow-client-timeout", line),
        clientHeader.isEmpty() ? Optional.empty() : Optional.of(clientHeader));
  }
}
