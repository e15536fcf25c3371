package io.lamella.storage.object.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The HTTP requests of the S3 store, and its handling of unusual responses.
class S3RequestsTest {
  private static final ObjectKey KEY = new ObjectKey("a");
  private static final ObjectVersion VERSION = new ObjectVersion(KEY, 10, "\"tag\"");

  private final Map<String, String> request = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, String> answer = new TreeMap<>();
  private int status = 200;
  private byte[] body = {};
  private int announced = -1;
  private boolean chunked;
  private byte[] received = {};
  private HttpServer server;
  private S3ObjectStore store;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    store =
        S3ObjectStore.open(
            S3ProxyObjectStoreTest.settings(
                "bucket", "127.0.0.1:" + server.getAddress().getPort(), "key", "secret"));
  }

  @AfterEach
  void stop() {
    store.close();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    received = exchange.getRequestBody().readAllBytes();
    exchange.getRequestHeaders().forEach((k, v) -> request.put(k, v.getFirst()));
    answer.forEach(exchange.getResponseHeaders()::set);
    int length = announced >= 0 ? announced : body.length;
    exchange.sendResponseHeaders(status, chunked ? 0 : length == 0 ? -1 : length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void answerRange(int start, int end, int bytes) {
    status = 206;
    body = new byte[bytes];
    answer.put("ETag", "\"tag\"");
    answer.put("Content-Range", "bytes " + start + "-" + (end - 1) + "/10");
  }

  private <T extends ObjectStoreException> T readFails(Class<T> kind) {
    return assertThrows(kind, () -> store.read(VERSION, new ByteRange(2, 5)));
  }

  @Test
  void consecutiveRequestsUseOneConnection() throws IOException {
    assertEquals(0, store.openedConnections());
    for (int i = 0; i < 3; i++) {
      answerRange(2, 5, 3);
      store.read(VERSION, new ByteRange(2, 5));
    }
    assertEquals(1, store.openedConnections());
  }

  @Test
  void aPutIsAPlainBodyWithoutChecksums() throws IOException {
    answer.put("ETag", "\"tag\"");

    store.put(KEY, ByteBuffer.wrap(new byte[] {1, 2, 3}));

    assertEquals(3, received.length);
    assertEquals("3", request.get("Content-Length"));
    assertFalse(request.containsKey("Content-Encoding"), request::toString);
    assertTrue(
        request.keySet().stream()
            .map(k -> k.toLowerCase(java.util.Locale.ROOT))
            .noneMatch(k -> k.startsWith("x-amz-checksum") || k.contains("trailer")),
        request::toString);
  }

  @Test
  void filesAreCacheableAndReplaceableObjectsMustBeRevalidated(@TempDir Path directory)
      throws IOException {
    store.put(KEY, ByteBuffer.wrap(new byte[] {1}));
    assertEquals("no-cache", request.get("Cache-Control"));

    store.put(KEY, Files.write(directory.resolve("f"), new byte[] {1}));
    assertEquals("public, max-age=31536000, immutable", request.get("Cache-Control"));
  }

  @Test
  void aRangedReadIsPinnedToTheTag() throws IOException {
    answerRange(2, 5, 3);

    assertEquals(3, store.read(VERSION, new ByteRange(2, 5)).remaining());
    assertEquals("bytes=2-4", request.get("Range"));
    assertEquals("\"tag\"", request.get("If-Match"));
    assertFalse(request.containsKey("x-amz-checksum-mode"), request::toString);
  }

  @Test
  void aRangeOutsideTheObjectMeansThatItChanged() {
    status = 416;

    readFails(ObjectStoreException.Changed.class);
  }

  @Test
  void aFailedPreconditionMeansThatItChanged() {
    status = 412;

    readFails(ObjectStoreException.Changed.class);
  }

  @Test
  void aConditionalPutSendsIfNoneMatch() throws IOException {
    store.putIfAbsent(KEY, ByteBuffer.allocate(1));

    assertEquals("*", request.get("If-None-Match"));
  }

  @Test
  void aResponseWithTheWholeObjectInsteadOfTheRangeIsAFailure() {
    body = new byte[10];

    readFails(ObjectStoreException.Unavailable.class);
  }

  @Test
  void aResponseWithAnotherRangeIsAFailure() {
    answerRange(3, 6, 3);

    readFails(ObjectStoreException.Unavailable.class);
  }

  @Test
  void aBodyThatIsTooShortIsAFailure() {
    answerRange(2, 5, 2);
    announced = 3;

    readFails(ObjectStoreException.Unavailable.class);
  }

  @Test
  void everyStatusHasItsKindOfException() {
    status = 404;
    readFails(ObjectStoreException.NotFound.class);
    status = 403;
    readFails(ObjectStoreException.Denied.class);
    status = 412;
    readFails(ObjectStoreException.Changed.class);
    status = 400;
    readFails(ObjectStoreException.Refused.class);
  }

  @Test
  void retryAfterOfABusyStoreIsReported() {
    status = 503;
    answer.put("Retry-After", "7");

    assertEquals(
        Optional.of(Duration.ofSeconds(7)),
        readFails(ObjectStoreException.Unavailable.class).retryAfter());
  }

  @Test
  void retryAfterMayBeADate() {
    status = 503;
    answer.put(
        "Retry-After",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusDays(1)));

    Duration wait = readFails(ObjectStoreException.Unavailable.class).retryAfter().orElseThrow();

    assertTrue(wait.toMinutes() > 23 * 60 && wait.toMinutes() <= 24 * 60, wait::toString);
  }

  @Test
  void anInterruptEndsARequestAndTheThreadStaysInterrupted() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    server.createContext(
        "/bucket/slow",
        exchange -> {
          arrived.countDown();
          try (exchange) {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    ObjectVersion slow = new ObjectVersion(new ObjectKey("slow"), 10, "");
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                store.read(slow, new ByteRange(2, 5));
              } catch (ObjectStoreException.Unavailable e) {
                interrupted.complete(Thread.currentThread().isInterrupted());
              } catch (Throwable e) {
                interrupted.completeExceptionally(e);
              }
            });
    arrived.await();

    reader.interrupt();

    assertTrue(interrupted.get(20, TimeUnit.SECONDS));
    ended.countDown();
  }

  @Test
  void aConflictOfConditionalPutsMayBeRetried() {
    status = 409;

    assertThrows(
        ObjectStoreException.Unavailable.class,
        () -> store.putIfAbsent(KEY, ByteBuffer.allocate(1)));
  }

  @Test
  void aListingThatIsTooLongFails() {
    String begin = "<ListBucketResult><Name>";
    String end = "</Name></ListBucketResult>";
    body = (begin + "x".repeat((int) BoundedResponses.MAX_BYTES) + end).getBytes();

    assertThrows(ObjectStoreException.Unavailable.class, () -> store.listPage("", ""));
  }

  private void answerListing(String entry) {
    body =
        ("<ListBucketResult><Contents>"
                + "<LastModified>2025-06-05T00:00:00.000Z</LastModified>"
                + entry
                + "</Contents></ListBucketResult>")
            .getBytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<Size>5</Size>", "<Key>a</Key>", "<Key>a</Key><Size>-5</Size>"})
  void aListingOfAnObjectWithoutKeyOrSizeFails(String entry) {
    answerListing(entry);

    ObjectStoreException e =
        assertThrows(ObjectStoreException.Unavailable.class, () -> store.listPage("a/", ""));

    assertTrue(
        String.valueOf(e.getMessage()).startsWith("cannot list object \"a/\": an entry has Key "),
        e::getMessage);
  }

  @Test
  void aListingWithASizeThatIsNoNumberFails() {
    answerListing("<Key>a</Key><Size>five</Size>");

    assertThrows(ObjectStoreException.Unavailable.class, () -> store.listPage("a/", ""));
  }

  @Test
  void aResponseWithoutAContentLengthFailsAndNamesTheHeader() {
    chunked = true;

    ObjectStoreException head =
        assertThrows(ObjectStoreException.Unavailable.class, () -> store.head(KEY));
    ObjectStoreException get =
        assertThrows(ObjectStoreException.Unavailable.class, () -> store.readAll(KEY, 10));

    String reason = "the response has no Content-Length";
    assertTrue(String.valueOf(head.getMessage()).contains(reason), head::getMessage);
    assertTrue(String.valueOf(get.getMessage()).contains(reason), get::getMessage);
  }

  @Test
  void aRedirectNamesTheHostAndIsNotFollowed() {
    status = 302;
    answer.put("Location", "http://other.example:1234/bucket/a?secret=x");

    String message = String.valueOf(readFails(ObjectStoreException.Refused.class).getMessage());

    assertTrue(
        message.startsWith(
            "cannot read object a: status 302: redirects are not followed, this one leads to"
                + " other.example:1234; "),
        message);
  }
}
