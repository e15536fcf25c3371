package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.gateway.wire.thanos.SeriesRequest;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that open calls and never send their request.
class SilentClientTest {
  private static final int CALLS = 50;

  @TempDir Path directory;

  @BeforeEach
  void publish() throws Exception {
    GrpcGateway.publish("floats", directory.resolve("bucket"), "cluster", "a");
  }

  private static GrpcServer.GrpcOptions options(int callsPerConnection, Duration maxStall) {
    GrpcServer.GrpcLimits d = GrpcServer.GrpcLimits.DEFAULT;
    return new GrpcServer.GrpcOptions(
        "127.0.0.1",
        0,
        new GrpcServer.GrpcLimits(
            d.maxRequestBytes(),
            callsPerConnection,
            d.maxConnectionAge(),
            maxStall,
            d.clientHeader()),
        Optional.empty());
  }

  private static SeriesRequest.Builder up() {
    return GrpcGateway.all()
        .addMatchers(GrpcGateway.matcher(LabelMatcher.Type.EQ, "__name__", "up"));
  }

  /// Begins a call without a request. Of a method that takes one message, a client keeps the
  /// headers until it has the message.
  private static CompletableFuture<Status> begin(GrpcGateway server) {
    MethodDescriptor<SeriesRequest, SeriesResponse> method =
        Services.STORE_SERIES.toBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .build();
    CompletableFuture<Status> ended = new CompletableFuture<>();
    ClientCall<SeriesRequest, SeriesResponse> call =
        server.channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.request(1);
    return ended;
  }

  @Test
  void callsWhoseRequestDoesNotComeAreClosedAndMakeRoomForOthers() throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        GrpcGateway server = GrpcGateway.open(store, options(CALLS, Duration.ofMillis(300)))) {
      List<CompletableFuture<Status>> silent = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        silent.add(begin(server));
      }

      for (CompletableFuture<Status> call : silent) {
        assertTrue(!call.get(20, TimeUnit.SECONDS).isOk());
      }
      assertEquals(12, server.series(up()).size());
    }
  }

  /// Answers reads only when it is told to.
  private static final class Held extends ForwardingObjectStore {
    final CountDownLatch held = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);

    Held(ObjectStore store) {
      super(store);
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      held.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return store().read(object, range);
    }
  }

  @Test
  void aRequestThatCameMayTakeLongerToAnswer() throws Exception {
    try (Held store = new Held(DirectoryObjectStore.open(directory.resolve("bucket")));
        GrpcGateway server = GrpcGateway.open(store, options(CALLS, Duration.ofMillis(300)));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Series>> answered = threads.submit(() -> server.series(up()));
      store.held.await();
      begin(server).get(20, TimeUnit.SECONDS);
      store.released.countDown();

      assertEquals(12, answered.get(20, TimeUnit.SECONDS).size());
    }
  }
}
