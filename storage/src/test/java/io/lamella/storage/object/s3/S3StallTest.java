package io.lamella.storage.object.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryingObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests that receive no byte for a while, against a server that stalls.
class S3StallTest {
  private static final int SIZE = 600_000;
  private static final ObjectVersion OBJECT =
      new ObjectVersion(new ObjectKey("a"), SIZE, "\"tag\"");

  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final List<String> tags = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile int stalls = 1;
  private volatile int bytesBeforeStall;
  private volatile boolean drips;
  private HttpServer server;
  private ObjectStore plain;
  private ObjectStore store;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    S3Settings base =
        S3ProxyObjectStoreTest.settings(
            "bucket", "127.0.0.1:" + server.getAddress().getPort(), "key", "secret");
    S3Settings.Http http = base.http();
    plain =
        S3ObjectStore.open(
            new S3Settings(
                base.bucket(),
                base.endpoint(),
                base.region(),
                base.insecure(),
                base.lookup(),
                base.keys(),
                new S3Settings.Http(
                    http.idleTimeout(),
                    Duration.ofMillis(300),
                    http.connectTimeout(),
                    http.maxConnections(),
                    http.tls()),
                base.partBytes()));
    store = new RetryingObjectStore(plain, RetryingObjectStore.RetryPolicy.of(3));
  }

  @AfterEach
  void stop() {
    end.countDown();
    plain.close();
    server.stop(0);
    threads.close();
  }

  /// The byte at a position of the object.
  private static byte byteAt(int position) {
    return (byte) (position * 31 >> 3);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean stall = stalls > 0;
      stalls--;
      String range = exchange.getRequestHeaders().getFirst("Range");
      ranges.add(String.valueOf(range));
      tags.add(String.valueOf(exchange.getRequestHeaders().getFirst("If-Match")));
      if (stall && bytesBeforeStall == 0) {
        await();
      }
      if (range == null) {
        byte[] list = "<ListBucketResult><Name>bucket</Name></ListBucketResult>".getBytes();
        exchange.sendResponseHeaders(200, list.length);
        exchange.getResponseBody().write(list);
        return;
      }
      String[] bounds = range.substring("bytes=".length()).split("-");
      int from = Integer.parseInt(bounds[0]);
      int to = Integer.parseInt(bounds[1]) + 1;
      exchange.getResponseHeaders().set("ETag", "\"tag\"");
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + SIZE);
      exchange.sendResponseHeaders(206, to - from);
      byte[] body = new byte[to - from];
      for (int i = 0; i < body.length; i++) {
        body[i] = byteAt(from + i);
      }
      if (stall) {
        exchange.getResponseBody().write(body, 0, bytesBeforeStall);
        exchange.getResponseBody().flush();
        if (drips) {
          drip(exchange.getResponseBody());
        }
        await();
      }
      exchange.getResponseBody().write(body);
    }
  }

  /// Sends a byte every 20 ms until the request is cut off.
  private void drip(OutputStream body) throws IOException {
    try {
      while (!end.await(20, TimeUnit.MILLISECONDS)) {
        body.write(0);
        body.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ByteBuffer expected(int from, int to) {
    ByteBuffer out = ByteBuffer.allocate(to - from);
    for (int i = from; i < to; i++) {
      out.put(byteAt(i));
    }
    return out.flip();
  }

  @Test
  void aReadWithoutAFirstByteIsSentAgain() throws IOException {
    assertEquals(expected(100, 300_000), store.read(OBJECT, new ByteRange(100, 300_000)));
    assertEquals(List.of("bytes=100-299999", "bytes=100-299999"), ranges);
  }

  @Test
  void aBodyThatStallsIsContinuedWhereItStoppedInTheSameVersion() throws IOException {
    bytesBeforeStall = 250_000;
    ObjectVersion unknownTag = new ObjectVersion(OBJECT.key(), SIZE, "");

    assertEquals(expected(100, SIZE), store.read(unknownTag, new ByteRange(100, SIZE)));

    assertEquals(2, ranges.size());
    int resumed = Integer.parseInt(ranges.getLast().substring("bytes=".length()).split("-")[0]);
    assertTrue(resumed > 100 && resumed <= 250_100, ranges::toString);
    assertEquals(List.of("null", "\"tag\""), tags);
  }

  @Test
  void aListingThatStallsIsSentAgain() throws IOException {
    assertEquals(List.of(), store.listPage("", ObjectStore.FIRST_PAGE).entries());
    assertEquals(2, ranges.size());
  }

  @Test
  void aStalledReadNamesTheObjectAndTheWait() {
    ObjectStoreException.Unavailable e =
        assertThrows(
            ObjectStoreException.Unavailable.class, () -> plain.read(OBJECT, new ByteRange(0, 10)));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("cannot read object a: no byte for 300 ms"),
        e::getMessage);
  }

  @Test
  void aBodyThatDripsIsCutOff() {
    drips = true;
    bytesBeforeStall = 1;

    ObjectStoreException.Unavailable e =
        assertThrows(
            ObjectStoreException.Unavailable.class,
            () -> plain.read(OBJECT, new ByteRange(0, 100_000)));

    assertTrue(
        String.valueOf(e.getMessage())
            .matches("cannot read object a: only \\d+ bytes for 300 ms.*"),
        e::getMessage);
  }
}
