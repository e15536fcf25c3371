package io.lamella.cli.thanos;

import static io.lamella.cli.thanos.GrpcGateway.all;
import static io.lamella.cli.thanos.GrpcGateway.matcher;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many, slow, leaving and hostile clients of the gRPC server.
class GrpcLoadTest {
  @TempDir static Path directory;

  @BeforeAll
  static void publish() throws Exception {
    GrpcGateway.publish("floats", directory.resolve("bucket"), "cluster", "a");
  }

  private static ObjectStore store() throws IOException {
    return DirectoryObjectStore.open(directory.resolve("bucket"));
  }

  private static SeriesRequest.Builder up() {
    return SeriesRequest.newBuilder()
        .setMinTime(0)
        .setMaxTime(Long.MAX_VALUE)
        .addMatchers(matcher(LabelMatcher.Type.EQ, "__name__", "up"));
  }

  @Test
  void fiveHundredCallsAtOnceAreAllAnsweredOrRefused() throws Exception {
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Series> expected = server.series(up());
      List<Future<List<Series>>> calls = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        calls.add(threads.submit(() -> server.series(up())));
      }
      int answered = 0;
      for (Future<List<Series>> call : calls) {
        try {
          assertEquals(expected, call.get(60, TimeUnit.SECONDS));
          answered++;
        } catch (java.util.concurrent.ExecutionException e) {
          assertEquals(Status.Code.RESOURCE_EXHAUSTED, Status.fromThrowable(e).getCode());
        }
      }
      assertTrue(answered >= 200, "answered: " + answered);
      assertEquals(expected, server.series(up()));
    }
  }

  /// A call that asks for one message after another, when told to.
  private static ClientCall<SeriesRequest, SeriesResponse> start(
      GrpcGateway server, CompletableFuture<Status> ended) {
    ClientCall<SeriesRequest, SeriesResponse> call =
        server.channel.newCall(Services.STORE_SERIES, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.sendMessage(all().build());
    call.halfClose();
    return call;
  }

  @Test
  void aClientThatTakesNothingIsCutOffAndTheOthersAreAnswered() throws Exception {
    GrpcServer.GrpcOptions options =
        new GrpcServer.GrpcOptions(
            "127.0.0.1",
            0,
            GrpcServer.GrpcLimits.DEFAULT.withMaxStall(Duration.ofMillis(500)),
            java.util.Optional.empty());
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store, options)) {
      CompletableFuture<Status> ended = new CompletableFuture<>();
      ClientCall<SeriesRequest, SeriesResponse> slow = start(server, ended);
      awaitActive(server, 1);

      assertEquals(12, server.series(up()).size());
      awaitActive(server, 0);
      slow.cancel("end of the test", null);
    }
  }

  @Test
  void aClientThatLeavesEndsItsCall() throws Exception {
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      ClientCall<SeriesRequest, SeriesResponse> call = start(server, new CompletableFuture<>());
      awaitActive(server, 1);

      call.cancel("left", null);

      awaitActive(server, 0);
    }
  }

  private static void awaitActive(GrpcGateway server, int calls) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (server.gateway.active().list().size() != calls) {
      assertTrue(System.nanoTime() < end, () -> "active: " + server.gateway.active().list());
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(5));
    }
  }

  @Test
  void aDeadlineOfTheClientEndsTheCall() throws Exception {
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      StatusRuntimeException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              StatusRuntimeException.class,
              () ->
                  ClientCalls.blockingServerStreamingCall(
                          server.channel,
                          Services.STORE_SERIES,
                          CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.NANOSECONDS),
                          all().build())
                      .hasNext());

      assertEquals(Status.Code.DEADLINE_EXCEEDED, e.getStatus().getCode());
      assertEquals(12, server.series(up()).size());
    }
  }

  /// Sends bytes as they are.
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> method) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(method.getType())
        .setFullMethodName(method.getFullMethodName())
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  @Test
  void requestsOfVeryManyFieldsAreRefused() throws Exception {
    SeriesRequest.Builder request = SeriesRequest.newBuilder();
    for (int i = 0; i < 200_000; i++) {
      request.addMatchers(LabelMatcher.getDefaultInstance());
    }
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      Status status = send(server, raw(Services.STORE_SERIES), request.build().toByteArray());

      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
      assertTrue(String.valueOf(status.getDescription()).contains("fields"), status.toString());
    }
  }

  @Test
  void anErrorThatQuotesALongRequestStillHasItsStatus() throws Exception {
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      byte[] request =
          SeriesRequest.newBuilder()
              .setMaxTime(Long.MAX_VALUE)
              .addMatchers(matcher(LabelMatcher.Type.RE, "job", "(".repeat(20_000)))
              .build()
              .toByteArray();

      assertEquals(
          Status.Code.INVALID_ARGUMENT,
          send(server, raw(Services.STORE_SERIES), request).getCode());
    }
  }

  @Test
  void mutatedRequestsNeverBreakTheServer() throws Exception {
    List<MethodDescriptor<byte[], byte[]>> methods = new ArrayList<>();
    for (MethodDescriptor<?, ?> m :
        List.of(
            Services.STORE_SERIES,
            Services.STORE_LABEL_NAMES,
            Services.STORE_LABEL_VALUES,
            Services.QUERY_QUERY,
            Services.QUERY_RANGE,
            Services.INFO_INFO)) {
      methods.add(raw(m));
    }
    int requests = Integer.getInteger("lamella.grpc.requests", 1_000);
    Random random = new Random(13);
    try (ObjectStore store = store();
        GrpcGateway server = GrpcGateway.open(store)) {
      List<Series> expected = server.series(up());
      for (int i = 0; i < requests; i++) {
        MethodDescriptor<byte[], byte[]> method = methods.get(random.nextInt(methods.size()));
        Status status = send(server, method, mutated(random));
        assertTrue(
            status.getCode() != Status.Code.UNKNOWN
                && status.getCode() != Status.Code.DEADLINE_EXCEEDED,
            () -> method.getFullMethodName() + ": " + status);
      }
      assertEquals(expected, server.series(up()));
      assertEquals(0, server.gateway.active().list().size());
    }
  }

  private static Status send(
      GrpcGateway server, MethodDescriptor<byte[], byte[]> method, byte[] request)
      throws Exception {
    CompletableFuture<Status> ended = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call =
        server.channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, @Nullable Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(request);
    call.halfClose();
    return ended.get(40, TimeUnit.SECONDS);
  }

  /// A request of which some bytes are others, or that ends early.
  private static byte[] mutated(Random random) {
    byte[] bytes =
        all()
            .setLimit(random.nextInt(5))
            .setResponseBatchSize(random.nextInt(3))
            .addMatchers(matcher(LabelMatcher.Type.RE, "dc_id", "1.*|[0-9]{1,3}"))
            .addWithoutReplicaLabels("job")
            .build()
            .toByteArray();
    byte[] out = java.util.Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    for (int i = random.nextInt(4); i > 0; i--) {
      out[random.nextInt(out.length)] = (byte) random.nextInt(256);
    }
    return out;
  }
}
