package io.lamella.gateway.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.model.TimeRange;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A client of a server of this machine, which reads series as a Thanos Querier does.
public final class SeriesClient implements AutoCloseable {
  /// As many series are in a message.
  private static final int BATCH = 64;

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ManagedChannel channel;

  public SeriesClient(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /// Reads all series that have these labels, and drops them.
  ///
  /// @throws io.grpc.StatusRuntimeException where the call fails
  public void read(Map<String, String> labels, TimeRange range) {
    SeriesRequest.Builder request =
        SeriesRequest.newBuilder()
            .setResponseBatchSize(BATCH)
            .setMinTime(range.startMillis())
            .setMaxTime(range.endMillis());
    labels.forEach((name, value) ->
        request.addMatchers(
            LabelMatcher.newBuilder()
                .setType(LabelMatcher.Type.EQ)
                .setName(name)
                .setValue(value)
                .build()));
    ClientCalls.blockingServerStreamingCall(
            channel,
            Services.STORE_SERIES,
            CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS),
            request.build())
        .forEachRemaining(_ -> {});
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
