package io.lamella.cli;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.TenantsConfig;
import io.lamella.gateway.trace.Tracing;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.PrefixedObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A gateway of several tenants over a store, with both servers, and clients of them.
final class TenantGateway implements AutoCloseable {
  static final String HEADER = "X-Scope-OrgID";

  /// The time of instant queries, in seconds.
  static final long TIME = HandMadeBlock.DAY / 1000 + 600;

  private static final int SAMPLES = 100;

  final Gateway gateway;
  final ApiServer server;
  final List<LoggedQuery> logged = new CopyOnWriteArrayList<>();
  private final GrpcServer grpc;
  private final ManagedChannel channel;
  private final HttpClient client = HttpClient.newHttpClient();

  private TenantGateway(Gateway gateway) throws Exception {
    this.gateway = gateway;
    Telemetry telemetry = gateway.telemetry(Tracing.OFF, logged::add);
    server =
        gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""), telemetry);
    grpc = gateway.serveGrpc(GrpcServer.GrpcOptions.LOCAL, telemetry);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", grpc.port()).usePlaintext().build();
  }

  static TenantsConfig config(GatewayOptions options, String yaml) {
    return TenantsConfig.parse(yaml, options.tenantLimits());
  }

  static TenantGateway open(ObjectStore store, GatewayOptions options, String yaml)
      throws Exception {
    Gateway gateway =
        Gateway.unloaded(
            store, options, Optional.of(new Gateway.Tenancy(HEADER, config(options, yaml))));
    gateway.load();
    return new TenantGateway(gateway);
  }

  /// Publishes a block below a prefix; it always has the same name and the series `requests`. Its
  /// value is always `value`, and label `dc_id` that of each of `dcs`.
  static void publish(Path directory, ObjectStore store, String prefix, int value, String... dcs)
      throws IOException {
    HandMadeBlock block = new HandMadeBlock();
    long[] times = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      times[i] = HandMadeBlock.DAY + i * 15_000L + value;
    }
    for (String dc : List.of(dcs).stream().sorted().toList()) {
      block.add("requests", dc, times);
    }
    block.write(
        Files.createTempDirectory(directory, "block"),
        prefix.isEmpty() ? store : new PrefixedObjectStore(store, prefix));
  }

  HttpRequest.Builder request(String path, String... parameters) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      query
          .append(i == 0 ? '?' : '&')
          .append(URLEncoder.encode(parameters[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path + query));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<String> get(String tenant, String path, String... parameters) throws Exception {
    return send(request(path, parameters).header(HEADER, tenant));
  }

  String query(String tenant, String expression) throws Exception {
    return get(tenant, "/api/v1/query", "query", expression, "time", Long.toString(TIME)).body();
  }

  String metrics() throws Exception {
    return send(request("/metrics")).body();
  }

  /// A channel whose calls have this metadata: names and values.
  Channel channel(String... metadata) {
    Metadata headers = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  <Q, R> List<R> call(MethodDescriptor<Q, R> method, Q request, String... metadata) {
    if (method.getType() == MethodDescriptor.MethodType.UNARY) {
      return List.of(
          ClientCalls.blockingUnaryCall(channel(metadata), method, CallOptions.DEFAULT, request));
    }
    List<R> out = new ArrayList<>();
    ClientCalls.blockingServerStreamingCall(channel(metadata), method, CallOptions.DEFAULT, request)
        .forEachRemaining(out::add);
    return out;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    grpc.close();
    server.close();
    gateway.close();
    client.close();
  }
}
