package io.lamella.cli;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.trace.Tracing;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Typical calls of a Thanos Querier over the demo's blocks, by a client and a server of its own.
final class WarmUpCalls implements AutoCloseable {
  private static final int BATCH = 64;

  private final GrpcServer server;
  private final ManagedChannel channel;

  private WarmUpCalls(GrpcServer server) {
    this.server = server;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  static WarmUpCalls open(Gateway gateway) throws IOException {
    return new WarmUpCalls(
        gateway.serveGrpc(GrpcServer.GrpcOptions.LOCAL, gateway.telemetry(Tracing.OFF, _ -> {})));
  }

  /// The calls of one round; each round has another data center and time.
  void run(int round) {
    WarmUp.Target target = WarmUp.target(round);
    String dc = Integer.toString(target.dataCenter());
    for (SeriesRequest.Builder r :
        List.of(
            request("network_snmp_interface_admin_status", "dc_id", dc),
            request("network_snmp_interface_oper_status", "dc_id", dc),
            request("hmd:release_scopes:enabled", "dc_id", dc),
            request("edge_http_request_duration_seconds_bucket", "dc_id", dc),
            request("edge_http_requests_total", "code", "200"))) {
      ClientCalls.blockingServerStreamingCall(
              channel,
              Services.STORE_SERIES,
              CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
              r.setMinTime(target.startMillis()).setMaxTime(target.endMillis()).build())
          .forEachRemaining(_ -> {});
    }
  }

  private static SeriesRequest.Builder request(String metric, String label, String value) {
    return SeriesRequest.newBuilder()
        .setResponseBatchSize(BATCH)
        .addMatchers(equal("__name__", metric))
        .addMatchers(equal(label, value));
  }

  private static LabelMatcher equal(String name, String value) {
    return LabelMatcher.newBuilder()
        .setType(LabelMatcher.Type.EQ)
        .setName(name)
        .setValue(value)
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
