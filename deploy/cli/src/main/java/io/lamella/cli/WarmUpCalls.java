package io.lamella.cli;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.SeriesClient;
import io.lamella.gateway.trace.Tracing;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Typical calls of a Thanos Querier over the demo's blocks, by a client and a server of its own.
final class WarmUpCalls implements AutoCloseable {
  private final GrpcServer server;
  private final SeriesClient client;

  private WarmUpCalls(GrpcServer server) {
    this.server = server;
    this.client = new SeriesClient(server.port());
  }

  static WarmUpCalls open(Gateway gateway) throws IOException {
    return new WarmUpCalls(
        gateway.serveGrpc(GrpcServer.GrpcOptions.LOCAL, gateway.telemetry(Tracing.OFF, _ -> {})));
  }

  /// The calls of one round; each round has another data center and time.
  void run(int round) {
    WarmUp.Target target = WarmUp.target(round);
    String dc = Integer.toString(target.dataCenter());
    for (String metric :
        List.of(
            "network_snmp_interface_admin_status",
            "network_snmp_interface_oper_status",
            "hmd:release_scopes:enabled",
            "edge_http_request_duration_seconds_bucket")) {
      client.read(Map.of("__name__", metric, "dc_id", dc), target.range());
    }
    client.read(Map.of("__name__", "edge_http_requests_total", "code", "200"), target.range());
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
