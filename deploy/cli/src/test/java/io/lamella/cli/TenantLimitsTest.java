package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What queries of one tenant may use does not depend on the others.
@Timeout(60)
class TenantLimitsTest {
  @TempDir Path directory;

  private final MemoryObjectStore store = new MemoryObjectStore();
  private final CountDownLatch released = new CountDownLatch(1);

  /// Reads of tenant `a` wait.
  private final class HeldReads extends ForwardingObjectStore {
    HeldReads() {
      super(store);
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      if (object.key().name().startsWith("a/")) {
        try {
          released.await();
        } catch (InterruptedException e) {
          throw new ObjectStoreException.Unavailable("interrupted", e);
        }
      }
      return super.read(object, range);
    }
  }

  @BeforeEach
  void publish() throws Exception {
    TenantGateway.publish(directory, store, "a", 111, "x", "y");
    TenantGateway.publish(directory, store, "b", 222, "x", "y");
  }

  @Test
  void aTenantThatHasAllItsPermitsDoesNotSlowAnother() throws Exception {
    String tenants = "{limits: {max_concurrency: 2, queue_size: 1}, tenants: {a: {}, b: {}}}";
    try (TenantGateway gateway =
            TenantGateway.open(new HeldReads(), GatewayOptions.defaults(), tenants);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int id = i;
        held.add(
            threads.submit(() ->
                gateway.get(
                    "a",
                    "/api/v1/query",
                    "query",
                    "requests + " + id,
                    "time",
                    Long.toString(TenantGateway.TIME))));
      }
      while (!gateway.metrics().contains("lamella_queries_waiting{tenant=\"a\"} 1.0")
          || !gateway.metrics().contains("lamella_queries_running{tenant=\"a\"} 1.0")) {
        TimeUnit.MILLISECONDS.sleep(5);
      }

      assertEquals(503, gateway.get("a", "/api/v1/query", "query", "requests").statusCode());
      assertTrue(gateway.query("b", "requests").contains("\"222\""));

      released.countDown();
      for (Future<HttpResponse<String>> f : held) {
        assertEquals(200, f.get().statusCode());
      }
      String metrics = gateway.metrics();
      assertTrue(metrics.contains("lamella_queries_refused_total{tenant=\"a\"} 1.0"), metrics);
      assertTrue(metrics.contains("lamella_queries_refused_total{tenant=\"b\"} 0.0"), metrics);
    } finally {
      released.countDown();
    }
  }

  private void onlyAIsRefused(String limits, String message) throws Exception {
    try (TenantGateway gateway =
        TenantGateway.open(
            store, GatewayOptions.defaults(), "tenants: {a: {limits: {" + limits + "}}, b: {}}")) {
      String a = gateway.query("a", "requests");
      String b = gateway.query("b", "requests");

      assertTrue(a.contains("\"error\"") && a.contains(message), a);
      assertTrue(b.contains("\"222\""), b);
    }
  }

  @Test
  void seriesAreLimitedByTenant() throws Exception {
    onlyAIsRefused("max_series: 1", "series");
  }

  @Test
  void samplesAreLimitedByTenant() throws Exception {
    onlyAIsRefused("max_samples: 1", "too many samples");
  }

  @Test
  void fetchedBytesAreLimitedByTenant() throws Exception {
    onlyAIsRefused("max_fetched_bytes: 10", "bytes");
  }

  @Test
  void memoryIsLimitedByTenant() throws Exception {
    onlyAIsRefused("max_memory: 1KiB", "memory");
  }

  @Test
  void tenantsCannotHaveMoreMemoryThanThereIs() {
    GatewayOptions options = GatewayOptions.defaults().withQueryMemoryBytes(1 << 20);
    String tenants = "{limits: {max_memory: 512KiB}, tenants: {a: {}, b: {}}}";

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Gateway.unloaded(
                    store,
                    options,
                    Optional.of(new Gateway.Tenancy("t", TenantGateway.config(options, tenants)))));

    assertTrue(e.getMessage() != null && e.getMessage().contains("--query.max-memory"));
  }
}
