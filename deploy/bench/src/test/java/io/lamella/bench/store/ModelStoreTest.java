package io.lamella.bench.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.bench.store.StoreRequest.Operation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store's responses, byte for byte, and its log.
class ModelStoreTest {
  private static final StoreModel.Faults NONE = new StoreModel.Faults(0, 0, 0, 0);

  @TempDir Path root;

  private final TestClock clock = new TestClock(true);
  private final TestClock frozen = new TestClock(false);

  /// A clock that starts at 0. Waiting advances it, or only records the instant.
  private static final class TestClock implements StoreClock {
    private final List<Long> awaited = new ArrayList<>();
    private final boolean advances;
    private long now;

    TestClock(boolean advances) {
      this.advances = advances;
    }

    @Override
    public synchronized long nanoTime() {
      return now;
    }

    @Override
    public synchronized void await(long untilNanos) {
      awaited.add(untilNanos);
      now = advances ? Math.max(now, untilNanos) : now;
    }
  }

  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.close();
  }

  private ModelStore start(StoreModel model) throws IOException {
    Files.createDirectories(root.resolve("bucket"));
    Files.writeString(root.resolve("bucket/object"), "0123456789");
    return ModelStore.start(
        root,
        new ModelStore.SeededModel(model, 1),
        RequestLog.inMemory(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        clock);
  }

  private HttpRequest.Builder to(ModelStore store, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + store.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String contentRange(HttpResponse<String> r) {
    return r.headers().firstValue("Content-Range").orElse("");
  }

  @Test
  void rangesAreServedExactly() throws Exception {
    try (ModelStore store = start(StoreModel.of("none"))) {
      HttpResponse<String> middle = send(to(store, "/bucket/object").header("Range", "bytes=2-4"));
      HttpResponse<String> tail = send(to(store, "/bucket/object").header("Range", "bytes=-3"));
      HttpResponse<String> beyond = send(to(store, "/bucket/object").header("Range", "bytes=8-99"));
      HttpResponse<String> outside = send(to(store, "/bucket/object").header("Range", "bytes=10-"));

      assertEquals(List.of(206, "234", "bytes 2-4/10"), statusBodyAndRange(middle));
      assertEquals(List.of(206, "789", "bytes 7-9/10"), statusBodyAndRange(tail));
      assertEquals(List.of(206, "89", "bytes 8-9/10"), statusBodyAndRange(beyond));
      assertEquals(416, outside.statusCode());
    }
  }

  private static List<Object> statusBodyAndRange(HttpResponse<String> r) {
    return List.of(r.statusCode(), r.body(), contentRange(r));
  }

  @Test
  void aPutIfAbsentKeepsAnExistingObject() throws Exception {
    try (ModelStore store = start(StoreModel.of("none"))) {
      HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("new");

      HttpResponse<String> there =
          send(to(store, "/bucket/object").header("If-None-Match", "*").PUT(body));
      HttpResponse<String> absent =
          send(to(store, "/bucket/other").header("If-None-Match", "*").PUT(body));

      assertEquals(List.of(412, 200), List.of(there.statusCode(), absent.statusCode()));
      assertEquals("0123456789", Files.readString(root.resolve("bucket/object")));
      assertEquals("new", Files.readString(root.resolve("bucket/other")));
    }
  }

  @Test
  void everyRequestIsCountedAndLogged() throws Exception {
    try (ModelStore store = start(StoreModel.of("none"))) {
      send(to(store, "/bucket/object").header("Range", "bytes=2-4"));
      send(to(store, "/bucket?list-type=2&prefix="));
      send(to(store, "/bucket/object").method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertTrue(store.log().awaitQuiet(Duration.ofSeconds(5)));

      StoreRequest first = store.log().since(0).getFirst();
      assertEquals(
          List.of("GET", "/bucket/object", "bytes=2-4"),
          List.of(first.method(), first.target(), first.range()));
      assertEquals(List.of(206, 3L), List.of(first.response().status(), first.response().bytes()));
      StoreCounts c = store.log().counts();
      assertEquals(
          List.of(1L, 1L, 1L),
          List.of(c.of(Operation.GET), c.of(Operation.HEAD), c.of(Operation.LIST)));
      assertTrue(send(to(store, "/__stats")).body().startsWith("{\"get\":1,"));
    }
  }

  @Test
  void theFirstByteTakesAsLongAsTheModelSays() throws Exception {
    StoreModel slow =
        new StoreModel(
            "slow", new StoreModel.FirstByte(80, 80.001), new StoreModel.Bandwidth(1e9, 1e9), NONE);
    try (ModelStore store = start(slow)) {
      send(to(store, "/bucket/object"));

      // Ten bytes take ten nanoseconds more.
      assertEquals(80_000_010, clock.nanoTime(), 10_000);
    }
  }

  @Test
  void aStreamIsAsSlowAsTheModelSays() throws Exception {
    StoreModel narrow =
        new StoreModel(
            "narrow", new StoreModel.FirstByte(0, 0), new StoreModel.Bandwidth(100, 1000), NONE);
    try (ModelStore store = start(narrow)) {
      send(to(store, "/bucket/object"));

      assertEquals(100_000_000, clock.nanoTime());
    }
  }

  @Test
  void allStreamsShareTheLink() throws Exception {
    SharedLink link = new SharedLink(new StoreModel.Bandwidth(1000, 500), frozen);

    link.transfer(10);
    link.transfer(10);

    assertEquals(List.of(20_000_000L, 40_000_000L), frozen.awaited);
  }

  @Test
  void aStalledRequestWaitsForFiveSeconds() throws Exception {
    try (ModelStore store = start(faulty(new StoreModel.Faults(0, 0, 1, 0)))) {
      assertEquals(200, send(to(store, "/bucket/object")).statusCode());

      assertEquals(5_000_000_000L, clock.nanoTime());
    }
  }

  @Test
  void faultsAreThoseOfTheModel() throws Exception {
    try (ModelStore refusing = start(faulty(new StoreModel.Faults(1, 0, 0, 0)))) {
      assertEquals(503, send(to(refusing, "/bucket/object")).statusCode());
    }
    try (ModelStore wrong = start(faulty(new StoreModel.Faults(0, 0, 0, 1)))) {
      HttpResponse<String> r = send(to(wrong, "/bucket/object").header("Range", "bytes=2-4"));
      assertEquals("bytes 7-8/9", contentRange(r));
    }
    try (ModelStore cutting = start(faulty(new StoreModel.Faults(0, 1, 0, 0)))) {
      org.junit.jupiter.api.Assertions.assertThrows(
          IOException.class, () -> send(to(cutting, "/bucket/object")));
      assertTrue(cutting.log().awaitQuiet(Duration.ofSeconds(5)));
      assertTrue(cutting.log().since(0).stream().allMatch(r -> r.response().bytes() == 5));
    }
  }

  private static StoreModel faulty(StoreModel.Faults faults) {
    return new StoreModel(
        "test", new StoreModel.FirstByte(0, 0), new StoreModel.Bandwidth(0, 0), faults);
  }
}
