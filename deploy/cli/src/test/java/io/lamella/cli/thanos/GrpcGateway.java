package io.lamella.cli.thanos;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.lamella.cli.ConvertedBlocks;
import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.trace.Tracing;
import io.lamella.gateway.wire.thanos.Label;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.model.Labels;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A gateway's gRPC server over a store, and a real client of it.
final class GrpcGateway implements AutoCloseable {
  final Gateway gateway;
  final GrpcServer server;
  final ManagedChannel channel;

  private GrpcGateway(Gateway gateway, GrpcServer server) {
    this.gateway = gateway;
    this.server = server;
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
  }

  /// @param store closed by the caller
  static GrpcGateway open(ObjectStore store) throws Exception {
    return open(store, GrpcServer.GrpcOptions.LOCAL);
  }

  static GrpcGateway open(ObjectStore store, GrpcServer.GrpcOptions options) throws Exception {
    return of(Gateway.open(store, ConvertedBlocks.withoutPageCache()), options);
  }

  static GrpcGateway open(ObjectStore store, GatewayOptions options) throws Exception {
    return of(Gateway.open(store, options), GrpcServer.GrpcOptions.LOCAL);
  }

  static GrpcGateway of(Gateway gateway, GrpcServer.GrpcOptions options) throws Exception {
    return new GrpcGateway(
        gateway, gateway.serveGrpc(options, gateway.telemetry(Tracing.OFF, _ -> {})));
  }

  /// Publishes the recorded blocks of a set as a stream with these external labels. The blocks are
  /// copied first, so that the same set may be published as several streams.
  static void publish(String set, Path bucket, String... external)
      throws IOException, InterruptedException {
    ConversionOptions options =
        ConversionOptions.defaults()
            .withWorkDirectory(Files.createDirectories(bucket.resolveSibling("work")))
            .withExternal(Labels.of(external));
    Conversion.run(
        RecordedSamples.directory().resolve(set).toString(), bucket.toString(), options, day -> {});
  }

  static SeriesRequest.Builder all() {
    return SeriesRequest.newBuilder()
        .setMinTime(Long.MIN_VALUE)
        .setMaxTime(Long.MAX_VALUE)
        .addMatchers(matcher(LabelMatcher.Type.RE, "__name__", ".*"));
  }

  static LabelMatcher matcher(LabelMatcher.Type type, String name, String value) {
    return LabelMatcher.newBuilder().setType(type).setName(name).setValue(value).build();
  }

  <Q, R> R unary(MethodDescriptor<Q, R> method, Q request) {
    return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
  }

  /// All messages of a call.
  <Q, R> List<R> stream(MethodDescriptor<Q, R> method, Q request) {
    List<R> out = new ArrayList<>();
    ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, request)
        .forEachRemaining(out::add);
    return out;
  }

  List<SeriesResponse> frames(SeriesRequest.Builder request) {
    return stream(Services.STORE_SERIES, request.build());
  }

  /// The series of a call, in the order in which they came.
  List<Series> series(SeriesRequest.Builder request) {
    List<Series> out = new ArrayList<>();
    for (SeriesResponse r : frames(request)) {
      switch (r.getResultCase()) {
        case SERIES -> out.add(r.getSeries());
        case BATCH -> out.addAll(r.getBatch().getSeriesList());
        case WARNING, HINTS, RESULT_NOT_SET -> {}
      }
    }
    return out;
  }

  static Labels labels(Series series) {
    List<String> out = new ArrayList<>();
    for (Label l : series.getLabelsList()) {
      out.add(l.getName());
      out.add(l.getValue());
    }
    return Labels.of(out.toArray(String[]::new));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    gateway.close();
  }
}
