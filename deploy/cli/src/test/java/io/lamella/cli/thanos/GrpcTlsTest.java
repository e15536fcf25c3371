package io.lamella.cli.thanos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ClientCalls;
import io.lamella.gateway.grpc.GrpcServer;
import io.lamella.gateway.grpc.GrpcTls;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.web.Certificates;
import io.lamella.gateway.wire.info.InfoRequest;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server whose clients need certificates.
class GrpcTlsTest {
  @TempDir static Path directory;
  private static Certificates certificates;
  private static Certificates.Pair authority;
  private static ObjectStore store;
  private static GrpcGateway server;

  @BeforeAll
  static void serve() throws Exception {
    certificates = new Certificates(directory.resolve("certificates"));
    authority = certificates.authority("ca");
    Certificates.Pair own = certificates.signed("server", "ca");
    store = new MemoryObjectStore();
    server =
        GrpcGateway.open(
            store,
            new GrpcServer.GrpcOptions(
                "127.0.0.1",
                0,
                GrpcServer.GrpcLimits.DEFAULT,
                Optional.of(
                    new GrpcTls(
                        own.certificate(), own.key(), Optional.of(authority.certificate())))));
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
    store.close();
  }

  private static String component(Optional<Certificates.Pair> client) throws Exception {
    SslContextBuilder tls =
        GrpcSslContexts.forClient().trustManager(authority.certificate().toFile());
    client.ifPresent(c -> tls.keyManager(c.certificate().toFile(), c.key().toFile()));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.server.port())
            .sslContext(tls.build())
            .build();
    try {
      return ClientCalls.blockingUnaryCall(
              channel,
              Services.INFO_INFO,
              CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
              InfoRequest.getDefaultInstance())
          .getComponentType();
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertRefused(Optional<Certificates.Pair> client) {
    StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () -> component(client));
    assertEquals(Status.Code.UNAVAILABLE, e.getStatus().getCode());
  }

  @Test
  void aClientWithACertificateOfTheAuthorityIsAnswered() throws Exception {
    assertEquals("store", component(Optional.of(certificates.signed("client", "ca"))));
  }

  @Test
  void aClientWithoutACertificateIsRefused() {
    assertRefused(Optional.empty());
  }

  @Test
  void aClientWithACertificateOfAnotherAuthorityIsRefused() throws Exception {
    certificates.authority("other");

    assertRefused(Optional.of(certificates.signed("stranger", "other")));
  }

  @Test
  void theThreadThatReadsCertificatesEndsWithTheServer() throws Exception {
    Certificates.Pair own = certificates.signed("again", "ca");
    try (ObjectStore empty = new MemoryObjectStore()) {
      GrpcGateway another =
          GrpcGateway.open(
              empty,
              new GrpcServer.GrpcOptions(
                  "127.0.0.1",
                  0,
                  GrpcServer.GrpcLimits.DEFAULT,
                  Optional.of(new GrpcTls(own.certificate(), own.key(), Optional.empty()))));
      long before = reloading();
      another.close();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (reloading() == before) {
        assertTrue(System.nanoTime() < end, "the thread runs on");
        Thread.sleep(5);
      }
    }
  }

  private static long reloading() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().equals("grpc-certificates"))
        .count();
  }
}
