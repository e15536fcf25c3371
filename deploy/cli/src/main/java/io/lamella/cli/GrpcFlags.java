package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.GrpcServer.GrpcLimits;
import io.lamella.gateway.grpc.GrpcTls;
import io.lamella.gateway.http.ClientLimits;
import io.lamella.gateway.request.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The flags of the gRPC server, named as those of Thanos.
final class GrpcFlags {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcFlags.class);

  @Option(
      names = {"--grpc.listen", "--grpc-address"},
      paramLabel = "[HOST]:PORT",
      description =
          "Address to serve Thanos' gRPC services on, such as :10901: Info, Store, Query, health, reflection (default: none).")
  private String listen = "";

  @Option(
      names = "--grpc-server-tls-cert",
      paramLabel = "FILE",
      description =
          "Certificate chain of the gRPC server, as PEM; read again when it changes (default: no TLS).")
  private String certificate = "";

  @Option(
      names = "--grpc-server-tls-key",
      paramLabel = "FILE",
      description = "Private key of the gRPC server's certificate, as PEM (PKCS #8).")
  private String key = "";

  @Option(
      names = "--grpc-server-tls-client-ca",
      paramLabel = "FILE",
      description =
          "Certificates that those of clients must be signed by; clients must then have one.")
  private String clientCa = "";

  @Option(
      names = "--grpc-server-max-connection-age",
      paramLabel = "DURATION",
      description =
          "Time after which a client has to connect again, with an end of the calls that it has begun (default ${DEFAULT-VALUE}).")
  private String maxAge = "60m";

  @Option(
      names = "--grpc-server-max-request-size",
      paramLabel = "SIZE",
      description = "Maximum size of a request (default ${DEFAULT-VALUE}).")
  private String maxRequest = "16MiB";

  @Option(
      names = "--grpc-server-max-calls-per-connection",
      paramLabel = "N",
      description = "Maximum concurrent calls of a connection (default ${DEFAULT-VALUE}).")
  private int maxCalls = GrpcLimits.DEFAULT.maxCallsPerConnection();

  boolean isOn() {
    return !listen.isEmpty();
  }

  /// Starts the server; empty where none is asked for.
  Optional<GrpcServer> start(
      Gateway gateway, Telemetry telemetry, ClientLimits clients, CommandLine line)
      throws IOException {
    if (listen.isEmpty()) {
      return Optional.empty();
    }
    Listen address = Listen.parse(listen, line);
    long request = Sizes.parse(maxRequest, "--grpc-server-max-request-size", line);
    Duration age = DurationFlag.parse(maxAge, "--grpc-server-max-connection-age", line);
    if (request < 1 || request > Integer.MAX_VALUE || maxCalls < 1 || age.toSeconds() < 1) {
      throw new CommandLine.ParameterException(line, "limits of the gRPC server must be positive");
    }
    GrpcServer server =
        gateway.serveGrpc(
            new GrpcServer.GrpcOptions(
                address.host(),
                address.port(),
                new GrpcLimits(
                    (int) request, maxCalls, age, clients.slowAfter(), clients.clientHeader()),
                tls(line)),
            telemetry);
    LOG.info("serving gRPC address={}:{}", address.host(), server.port());
    return Optional.of(server);
  }

  private Optional<GrpcTls> tls(CommandLine line) {
    if (certificate.isEmpty() != key.isEmpty() || certificate.isEmpty() && !clientCa.isEmpty()) {
      throw new CommandLine.ParameterException(
          line, "--grpc-server-tls-cert and --grpc-server-tls-key must be given together");
    }
    return certificate.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new GrpcTls(
                Path.of(certificate),
                Path.of(key),
                clientCa.isEmpty() ? Optional.empty() : Optional.of(Path.of(clientCa))));
  }
}
