package io.lamella.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.DiskPages.DiskCacheOptions;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {
  private static int status(HttpClient client, ApiServer server, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void theServerStartsBeforeTheCatalogIsReadAndReportsNotReady() throws Exception {
    try (MemoryObjectStore store = new MemoryObjectStore();
        Gateway gateway = Gateway.unloaded(store, GatewayOptions.defaults());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      assertEquals(200, status(client, server, "/-/healthy"));
      assertEquals(503, status(client, server, "/-/ready"));
      assertEquals(503, status(client, server, "/api/v1/query?query=up"));

      gateway.load();

      assertEquals(200, status(client, server, "/-/ready"));
      assertEquals(200, status(client, server, "/api/v1/query?query=up"));
    }
  }

  private static GatewayOptions withDisk(Path directory) {
    return GatewayOptions.defaults()
        .withFetch(FetchOptions.defaults().withDisk(new DiskCacheOptions(directory, 1 << 20)));
  }

  private static boolean isUnlocked(Path directory) {
    Optional<DiskPages> pages =
        DiskPages.open(new DiskCacheOptions(directory, 1 << 20), new GatewayMetrics().fetch());
    pages.ifPresent(DiskPages::close);
    return pages.isPresent();
  }

  @Test
  void aGatewayThatCannotBeBuiltReleasesItsDiskCache(@TempDir Path directory) {
    try (MemoryObjectStore store = new MemoryObjectStore()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Gateway.unloaded(store, withDisk(directory).withQueryMemoryBytes(0)));
    }

    assertTrue(isUnlocked(directory));
  }

  @Test
  void aGatewayThatCannotBeLoadedReleasesItsDiskCache(@TempDir Path directory) throws Exception {
    try (ObjectStore failing =
        new ForwardingObjectStore(new MemoryObjectStore()) {
          @Override
          public Page<ObjectEntry> listPage(String prefix, String token) {
            throw new IllegalStateException("a bug");
          }
        }) {
      assertThrows(IllegalStateException.class, () -> Gateway.open(failing, withDisk(directory)));
    }

    assertTrue(isUnlocked(directory));
  }

  private static WeakReference<ApiServer> served(MemoryObjectStore store) throws Exception {
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      assertEquals(200, status(client, server, "/api/v1/query?query=up"));
      return new WeakReference<>(server);
    }
  }

  private static WeakReference<Gateway> opened(MemoryObjectStore store) throws Exception {
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      return new WeakReference<>(gateway);
    }
  }

  @Test
  @Timeout(60)
  void aClosedGatewayIsNotKept() throws Exception {
    try (MemoryObjectStore store = new MemoryObjectStore()) {
      for (WeakReference<?> closed : List.of(opened(store), served(store))) {
        while (closed.get() != null) {
          System.gc();
          Thread.sleep(20);
        }
      }
    }
  }

  /// Asks until the answer has this status.
  private static String awaitReadiness(HttpClient client, ApiServer server, int status)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/-/ready"))
            .build();
    while (true) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() == status) {
        return response.body();
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  @Timeout(30)
  void whileTheCatalogCannotBeRefreshedTheGatewayIsNotReadyButAnswers() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    try (ObjectStore store =
            new ForwardingObjectStore(new MemoryObjectStore()) {
              @Override
              public Page<ObjectEntry> listPage(String prefix, String token)
                  throws ObjectStoreException {
                if (fails.get()) {
                  throw new StackOverflowError();
                }
                return super.listPage(prefix, token);
              }
            };
        Gateway gateway =
            Gateway.open(
                store,
                GatewayOptions.defaults()
                    .withCatalogRefresh(Duration.ofMillis(1))
                    .withCatalogMaxAge(Duration.ofSeconds(1)));
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      awaitReadiness(client, server, 200);

      fails.set(true);
      String reason = awaitReadiness(client, server, 503);
      assertTrue(reason.contains("the last successful catalog refresh was"), reason);
      assertEquals(200, status(client, server, "/-/healthy"));
      assertEquals(200, status(client, server, "/api/v1/query?query=up"));

      fails.set(false);
      assertEquals("Lamella is Ready.\n", awaitReadiness(client, server, 200));
    }
  }

  @Test
  @Timeout(60)
  void whileTheStoreDoesNotAnswerTheGatewayIsNotReady() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    try (ObjectStore store =
            new ForwardingObjectStore(new MemoryObjectStore()) {
              private void connect() throws ObjectStoreException {
                if (fails.get()) {
                  throw new ObjectStoreException.Unavailable("no route to host", null);
                }
              }

              @Override
              public Page<ObjectEntry> listPage(String prefix, String token)
                  throws ObjectStoreException {
                connect();
                return super.listPage(prefix, token);
              }

              @Override
              public Page<String> listDirectoriesPage(String prefix, String token)
                  throws ObjectStoreException {
                connect();
                return super.listDirectoriesPage(prefix, token);
              }

              @Override
              public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
                connect();
                return super.readAll(key, maxBytes);
              }
            };
        Gateway gateway =
            Gateway.open(
                store, GatewayOptions.defaults().withCatalogRefresh(Duration.ofMillis(1)));
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      fails.set(true);
      assertEquals(
          "Lamella is not ready: the object store does not answer.\n",
          awaitReadiness(client, server, 503));

      fails.set(false);
      awaitReadiness(client, server, 200);
    }
  }

  @Test
  void anErrorWhileAMetaIsReadDoesNotEndTheRefreshes() throws Exception {
    ObjectKey meta = BlockNames.meta(Ulid.of(1, new byte[10]));
    CountDownLatch reads = new CountDownLatch(3);
    try (ObjectStore failing =
            new ForwardingObjectStore(new MemoryObjectStore()) {
              @Override
              public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
                if (key.equals(meta)) {
                  reads.countDown();
                  throw new StackOverflowError();
                }
                return super.readAll(key, maxBytes);
              }
            };
        Gateway gateway =
            Gateway.open(
                failing, GatewayOptions.defaults().withCatalogRefresh(Duration.ofMillis(1)))) {
      assertEquals(0, gateway.blocks().blocks().size());

      failing.put(meta, ByteBuffer.wrap(new byte[1]));

      assertTrue(reads.await(10, TimeUnit.SECONDS));
    }
  }
}
