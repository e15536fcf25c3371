package io.lamella.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.Tenants;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What clients make a server hold: large requests, and responses that they do not take. The server
/// has one method, which returns what it receives.
class TransportMemoryTest {
  private static final int MIB = 1 << 20;
  private static final Duration MAX_STALL = Duration.ofMillis(300);
  private static final MethodDescriptor<BytesValue, BytesValue> ECHO =
      MethodDescriptor.<BytesValue, BytesValue>newBuilder()
          .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
          .setFullMethodName("test.Test/Echo")
          .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
          .build();

  private final TransportMemory memory = new TransportMemory(4 * MIB, 4 * MIB);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    Calls calls =
        new Calls(
            Telemetry.of(new GatewayMetrics()),
            Tenants.byHeader("tenant", Map::of, _ -> {}),
            new Calls.CallLimits(MAX_STALL, Optional.empty()),
            memory);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addStreamTracerFactory(
                CallStream.factory(
                    memory, new CallStream.RequestTimeout(timer, Duration.ofMinutes(1))))
            .intercept(calls)
            .maxInboundMessageSize(16 * MIB)
            .addService(
                ServerServiceDefinition.builder("test.Test")
                    .addMethod(
                        Received.method(ECHO, BytesValue.getDefaultInstance()),
                        ServerCalls.asyncServerStreamingCall((request, to) ->
                            request.handle(
                                to,
                                (BytesValue message,
                                    io.grpc.stub.StreamObserver<BytesValue> response) ->
                                    calls.startOfAll(response, c -> c.to().send(message)))))
                    .build())
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
            .usePlaintext()
            .flowControlWindow(65_535)
            .maxInboundMessageSize(16 * MIB)
            .build();
  }

  @AfterEach
  void close() throws Exception {
    timer.shutdownNow();
    channel.shutdownNow();
    server.shutdownNow().awaitTermination();
  }

  private static BytesValue bytes(int size) {
    return BytesValue.of(ByteString.copyFrom(new byte[size]));
  }

  private int echoed(int size) {
    return ClientCalls.blockingServerStreamingCall(
            channel, ECHO, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), bytes(size))
        .next()
        .getValue()
        .size();
  }

  /// A call whose response the client does not take.
  private CompletableFuture<Status> untaken(int size) {
    CompletableFuture<Status> ended = new CompletableFuture<>();
    ClientCall<BytesValue, BytesValue> call = channel.newCall(ECHO, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(bytes(size));
    call.halfClose();
    return ended;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      Thread.sleep(5);
    }
  }

  @Test
  void aResponseThatIsTakenHoldsNothing() throws Exception {
    assertEquals(MIB, echoed(MIB));

    await(() -> memory.requestBytes() == 0 && memory.responseBytes() == 0);
  }

  @Test
  void aResponseThatIsNotTakenIsDroppedAfterAWhile() throws Exception {
    CompletableFuture<Status> ended = untaken(MIB);

    await(() -> memory.responseBytes() > 0);
    await(() -> memory.responseBytes() == 0);
    await(() -> memory.requestBytes() == 0);
    assertTrue(!ended.isDone() || !ended.get().isOk(), ended::toString);
  }

  @Test
  void untakenResponsesHoldNoMoreThanTheirShareAndSmallOnesPass() throws Exception {
    for (int i = 0; i < 20; i++) {
      untaken(MIB);
      assertTrue(memory.responseBytes() <= 4 * MIB, memory.responseBytes() + " bytes");
    }

    assertEquals(1000, echoed(1000));
    await(() -> memory.responseBytes() == 0 && memory.requestBytes() == 0);
    assertEquals(MIB, echoed(MIB));
  }

  @Test
  void aResponseLargerThanTheShareIsRefused() {
    TransportMemory small = new TransportMemory(MIB, MIB);

    assertTrue(small.allows(small.units(MIB)));
    assertTrue(!small.allows(small.units(2 * MIB)));
  }

  @Test
  void aResponseWaitsUntilOthersAreTaken() throws Exception {
    TransportMemory small = new TransportMemory(MIB, MIB);
    int half = small.units(MIB / 2);
    assertTrue(small.acquire(half, Duration.ZERO) && small.acquire(half, Duration.ZERO));

    assertTrue(!small.acquire(half, Duration.ofMillis(20)));
    small.release(half);
    assertTrue(small.acquire(half, Duration.ZERO));
  }

  @Test
  void aRequestIsCutOffWhereLargeOnesTakeTooMuch() throws Exception {
    StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () -> echoed(6 * MIB));

    assertEquals(Status.Code.CANCELLED, e.getStatus().getCode());
    assertEquals(MIB, echoed(MIB));
    await(() -> memory.requestBytes() == 0);
  }

  @Test
  void aRequestOfManyFieldsTakesMoreThanItsBytes() {
    UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
    for (int i = 0; i < 30_000; i++) {
      fields.addField(1000 + i, UnknownFieldSet.Field.newBuilder().addVarint(0).build());
    }
    BytesValue request = BytesValue.newBuilder().setUnknownFields(fields.build()).build();

    assertTrue(request.getSerializedSize() < MIB / 4);
    assertEquals(
        Status.Code.RESOURCE_EXHAUSTED,
        assertThrows(
                StatusRuntimeException.class,
                () ->
                    ClientCalls.blockingServerStreamingCall(
                            channel, ECHO, CallOptions.DEFAULT, request)
                        .next())
            .getStatus()
            .getCode());
  }
}
