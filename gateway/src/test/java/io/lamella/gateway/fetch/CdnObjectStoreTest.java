package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.CdnOutcome;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CdnObjectStoreTest {
  private static final ByteRange RANGE = new ByteRange(10, 1010);

  private FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final CountingObjectStore bucket = new CountingObjectStore(memory);
  private final byte[] content = new byte[100_000];
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Response response = this::range;
  private Instant now = Instant.ofEpochSecond(0);
  private ObjectVersion object;
  private HttpServer server;

  /// How the CDN responds.
  @FunctionalInterface
  private interface Response {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    new Random(1).nextBytes(content);
    object = memory.put(new ObjectKey("blocks/a b/+1.parquet"), ByteBuffer.wrap(content));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Range"));
          try (exchange) {
            response.to(exchange);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
  }

  private CdnObjectStore store(Duration timeout) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mirror/");
    return new CdnObjectStore(
        bucket,
        new CdnObjectStore.Mirror(base, timeout),
        new CircuitBreaker(
            new CircuitBreaker.Thresholds(3, Duration.ofSeconds(10), Duration.ofSeconds(15)),
            () -> now),
        metrics);
  }

  private CdnObjectStore store() {
    return store(Duration.ofSeconds(30));
  }

  private void send(HttpExchange x, int status, String contentRange, byte[] body)
      throws IOException {
    if (!contentRange.isEmpty()) {
      x.getResponseHeaders().set("Content-Range", contentRange);
    }
    x.sendResponseHeaders(status, body.length);
    try (OutputStream out = x.getResponseBody()) {
      out.write(body);
    }
  }

  private byte[] part() {
    return Arrays.copyOfRange(content, 10, 1010);
  }

  private void range(HttpExchange x) throws IOException {
    x.getResponseHeaders().set("ETag", "W/" + quoted(object.etag()));
    send(x, 206, "bytes 10-1009/100000", part());
  }

  private static String quoted(String etag) {
    return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
  }

  private void assertFallsBack(CdnOutcome reason) throws IOException {
    metrics = new FetchMetrics(new PrometheusRegistry());
    bucket.reset();
    assertEquals(ByteBuffer.wrap(part()), store().read(object, RANGE));
    assertEquals(1, bucket.gets());
    assertEquals(1, metrics.count(reason));
  }

  @Test
  void aRangeOfABlockFileComesFromTheCdn() throws IOException {
    assertEquals(ByteBuffer.wrap(part()), store().read(object, RANGE));

    assertEquals(0, bucket.gets());
    String etag = object.etag().replace("\"", "");
    assertEquals(
        List.of("/mirror/blocks/a%20b/%2B1.parquet?etag=" + etag + " bytes=10-1009"), requests);
    assertEquals(1, metrics.count(CdnOutcome.OK));
  }

  @Test
  void objectsThatMayChangeAreReadFromTheBucket() throws IOException {
    ObjectVersion meta = memory.put(new ObjectKey("blocks/a/meta.json"), ByteBuffer.wrap(content));
    CdnObjectStore store = store();

    store.read(meta, RANGE);
    store.readAll(meta.key(), 1 << 20);
    store.readTail(object.key(), 10);
    store.head(object.key());

    assertEquals(List.of(), requests);
  }

  @Test
  void aResponseThatIsNotExactlyTheRangeIsNotUsed() throws IOException {
    response = x -> send(x, 200, "", content);
    assertFallsBack(CdnOutcome.MISMATCH);
    response = x -> send(x, 206, "", part());
    assertFallsBack(CdnOutcome.MISMATCH);
    response = x -> send(x, 206, "bytes 0-999/100000", part());
    assertFallsBack(CdnOutcome.MISMATCH);
    response = x -> send(x, 206, "bytes 10-1009/100001", part());
    assertFallsBack(CdnOutcome.MISMATCH);
    response = x -> send(x, 206, "bytes 10-1009/*", Arrays.copyOf(part(), 999));
    assertFallsBack(CdnOutcome.MISMATCH);
    response =
        x -> {
          x.getResponseHeaders().set("ETag", "\"another\"");
          send(x, 206, "bytes 10-1009/100000", part());
        };
    assertFallsBack(CdnOutcome.MISMATCH);
  }

  @Test
  void aRangeWithoutAnETagIsNotUsed() throws IOException {
    response = x -> send(x, 206, "bytes 10-1009/100000", part());

    assertFallsBack(CdnOutcome.MISMATCH);
  }

  @Test
  void aFileOfUnknownVersionIsReadFromTheBucket() throws IOException {
    store().read(new ObjectVersion(object.key(), object.size(), ""), RANGE);

    assertEquals(List.of(), requests);
  }

  /// The CDN caches by URL and keeps what it has for ever.
  @Test
  void theCopyOfAReplacedFileIsNotUsed() throws IOException {
    Map<String, byte[]> cached = new ConcurrentHashMap<>();
    response =
        x -> {
          byte[] all = cached.computeIfAbsent(x.getRequestURI().toString(), _ -> content.clone());
          x.getResponseHeaders().set("ETag", quoted(object.etag()));
          send(x, 206, "bytes 10-1009/100000", Arrays.copyOfRange(all, 10, 1010));
        };
    CdnObjectStore store = store();
    assertEquals(ByteBuffer.wrap(part()), store.read(object, RANGE));
    new Random(2).nextBytes(content);
    object = memory.put(object.key(), ByteBuffer.wrap(content));

    assertEquals(ByteBuffer.wrap(part()), store.read(object, RANGE));
    assertEquals(2, metrics.count(CdnOutcome.OK));
  }

  @Test
  void aBodyOfAnotherLengthThanItsRangeIsNotUsed() throws IOException {
    for (int length : new int[] {500, 1001, 90_000}) {
      response =
          x -> {
            x.getResponseHeaders().set("ETag", quoted(object.etag()));
            x.getResponseHeaders().set("Content-Range", "bytes 10-1009/100000");
            x.sendResponseHeaders(206, 0); // Chunked: the headers have no length.
            try (OutputStream out = x.getResponseBody()) {
              out.write(content, 10, length);
            }
          };
      assertFallsBack(CdnOutcome.ERROR);
    }
  }

  @Test
  void anyFailureFallsBackToTheBucket() throws IOException {
    response = x -> send(x, 404, "", new byte[0]);
    assertFallsBack(CdnOutcome.NOT_FOUND);
    response = x -> send(x, 503, "", new byte[0]);
    assertFallsBack(CdnOutcome.ERROR);
    response = HttpExchange::close;
    assertFallsBack(CdnOutcome.ERROR);
    int port = server.getAddress().getPort();
    server.stop(0);
    CdnObjectStore gone =
        new CdnObjectStore(
            memory,
            new CdnObjectStore.Mirror(
                URI.create("http://127.0.0.1:" + port), Duration.ofSeconds(30)),
            new FetchMetrics(new PrometheusRegistry()));
    assertEquals(ByteBuffer.wrap(part()), gone.read(object, RANGE));
  }

  @Test
  void aStalledBodyFallsBackToTheBucketAfterTheTimeout() throws IOException {
    response =
        x -> {
          x.getResponseHeaders().set("ETag", quoted(object.etag()));
          x.getResponseHeaders().set("Content-Range", "bytes 10-1009/100000");
          x.sendResponseHeaders(206, 1000);
          x.getResponseBody().write(content, 10, 500);
          x.getResponseBody().flush();
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };

    assertEquals(ByteBuffer.wrap(part()), store(Duration.ofMillis(300)).read(object, RANGE));
    assertEquals(1, bucket.gets());
  }

  @Test
  void aCdnThatKeepsFailingIsNotUsedForAWhile() throws IOException {
    CdnObjectStore store = store();
    response = x -> send(x, 503, "", new byte[0]);
    for (int i = 0; i < 10; i++) {
      store.read(object, RANGE);
    }
    assertEquals(3, requests.size());
    assertEquals(7, metrics.count(CdnOutcome.SKIPPED));

    now = now.plusSeconds(10);
    store.read(object, RANGE);
    store.read(object, RANGE);
    assertEquals(4, requests.size());

    now = now.plusSeconds(10);
    store.read(object, RANGE);
    assertEquals(4, requests.size(), "the second pause is longer");
    now = now.plusSeconds(5);
    response = this::range;
    store.read(object, RANGE);
    store.read(object, RANGE);
    assertEquals(6, requests.size());
    assertEquals(2, metrics.count(CdnOutcome.OK));
  }

  @Test
  void anInvalidUrlIsRefused() {
    for (String bad : List.of("cdn.example", "ftp://cdn.example", "/tmp")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new CdnObjectStore.Mirror(URI.create(bad), Duration.ofSeconds(1)));
    }
  }
}
