package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.fetch.HedgingObjectStore;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Queries through the whole fetch pipeline return the same result whatever the store and the
/// caches do.
class FetchPipelineTest {
  private static final long AT = 1_748_829_600_000L;
  private static final String SCOPES =
      "sum by (instance) (hmd:release_scopes:enabled{dc_id=\"45\"})";

  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore store = new CountingObjectStore(faulty);

  @BeforeEach
  void convert() throws Exception {
    Path bucket = directory.resolve("bucket");
    ConvertedBlocks.convert(ConvertedBlocks.demo(), bucket);
    try (Stream<Path> all = Files.walk(bucket)) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        memory.put(
            new ObjectKey(bucket.relativize(p).toString()), ByteBuffer.wrap(Files.readAllBytes(p)));
      }
    }
  }

  private static Value query(Gateway gateway) {
    return gateway.queries().instant(SCOPES, AT, QueryOptions.NONE).value().value();
  }

  private Value expected() throws Exception {
    try (ObjectStore plain = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.open(plain, GatewayOptions.defaults())) {
      return query(gateway);
    }
  }

  private GatewayOptions withDisk() {
    return withDisk(FetchOptions.defaults().memoryBytes());
  }

  /// A gateway with a disk cache and no memory cache.
  private GatewayOptions withDiskOnly() {
    return withDisk(0);
  }

  private void removeCache() throws Exception {
    try (Stream<Path> all = Files.walk(directory.resolve("cache"))) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        // The gateway may be creating the directory again at the same time.
        p.toFile().delete();
      }
    }
  }

  private GatewayOptions withDisk(long memoryBytes) {
    return ConvertedBlocks.fetching(
        FetchOptions.defaults()
            .withMemoryBytes(memoryBytes)
            .withDisk(new DiskPages.DiskCacheOptions(directory.resolve("cache"), 64 << 20)));
  }

  @Test
  void aBitFlippedInTransferFailsOneQueryAndIsNotCached() throws Exception {
    Value expected = expected();
    GatewayOptions defaults = GatewayOptions.defaults();
    // The first two reads fetch metadata, the others pages and no bytes around them, so that the
    // flipped bits are those of pages.
    try (Gateway gateway =
        Gateway.open(store, defaults.withCoalescing(defaults.coalescing().withoutExtents()))) {
      faulty.next(Fault.NONE, Fault.NONE, Fault.FLIPPED_BIT);
      assertThrows(QueryException.CorruptBlock.class, () -> query(gateway));
      assertEquals(expected, query(gateway));
      assertEquals(expected, query(gateway));
    }
  }

  @Test
  void anOverwrittenObjectIsOpenedAgainByTheSameQuery() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      faulty.next(Fault.NONE, Fault.NONE, Fault.CHANGED);
      assertEquals(expected, query(gateway));
      assertEquals(
          2,
          store.reads().stream().filter(r -> r.key().name().endsWith(".manifest")).count(),
          () -> store.reads().toString());
    }
  }

  @Test
  void removingTheCacheDirectoryChangesNoResult() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, withDiskOnly())) {
      assertEquals(expected, query(gateway));
      removeCache();
      assertEquals(expected, query(gateway));
      // Storing pages that are not cached yet fails, as the directory is gone.
      gateway.queries().instant("count({__name__=~\".+\"})", AT, QueryOptions.NONE);
      assertEquals(expected, query(gateway));
    }
    assertTrue(Files.isDirectory(directory.resolve("cache")), "the directory is created again");
    store.reset();
    try (Gateway gateway = Gateway.open(store, withDiskOnly())) {
      assertEquals(expected, query(gateway));
      assertTrue(
          store.gets() <= 6,
          "three metas and the pages that were not stored while the directory was gone");
    }
  }

  @Test
  void twoGatewaysWithOneCacheDirectoryReturnTheSameResults() throws Exception {
    Value expected = expected();
    try (Gateway one = Gateway.open(store, withDiskOnly());
        Gateway other = Gateway.open(store, withDiskOnly())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(expected, query(one));
        assertEquals(expected, query(other));
      }
    }
  }

  @Test
  void aRestartReadsPagesFromDisk() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, withDisk())) {
      assertEquals(expected, query(gateway));
    }
    store.reset();
    try (Gateway gateway = Gateway.open(store, withDisk())) {
      assertEquals(expected, query(gateway));
      assertEquals(0, store.count(CountingObjectStore.Operation.READ));
    }
  }

  /// A store whose reads of label and of chunk files wait until the test releases them.
  private static final class HeldReads extends ForwardingObjectStore {
    private volatile CountDownLatch labels = new CountDownLatch(0);
    private volatile CountDownLatch chunks = new CountDownLatch(0);

    HeldReads(ObjectStore store) {
      super(store);
    }

    void hold() {
      labels = new CountDownLatch(1);
      chunks = new CountDownLatch(1);
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      try {
        (object.key().name().endsWith("labels.parquet") ? labels : chunks).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ObjectStoreException.Unavailable("interrupted", e);
      }
      return super.read(object, range);
    }
  }

  /// A gateway without caches of pages and results, and without hedged requests.
  private static GatewayOptions withCoalescingOnly() {
    return ConvertedBlocks.fetching(
        FetchOptions.defaults()
            .withoutPageCache()
            .withHedging(
                new HedgingObjectStore.HedgePolicy(0, 0, 0, Duration.ZERO, Duration.ZERO)));
  }

  private static String get(ApiServer api, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + api.port() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  /// Ranges that the query reads in each of its fetch batches.
  private static List<Integer> rangesPerBatch(ApiServer api) throws Exception {
    String explained =
        get(
            api,
            "/api/v1/query?explain=1&time="
                + AT / 1000
                + "&query="
                + URLEncoder.encode(SCOPES, StandardCharsets.UTF_8));
    Matcher fetches = Pattern.compile("\"fetches\":\\[(.*?)\\]").matcher(explained);
    assertTrue(fetches.find(), explained);
    return Pattern.compile("\"ranges\":(\\d+)")
        .matcher(fetches.group(1))
        .results()
        .map(m -> Integer.parseInt(m.group(1)))
        .toList();
  }

  private static long coalesced(ApiServer api) throws Exception {
    Matcher m =
        Pattern.compile("(?m)^lamella_fetch_coalesced_total (\\S+)$").matcher(get(api, "/metrics"));
    assertTrue(m.find());
    return (long) Double.parseDouble(m.group(1));
  }

  private static void awaitCoalesced(ApiServer api, long ranges) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (coalesced(api) < ranges) {
      assertTrue(System.nanoTime() < end, "not all queries joined the reads");
      Thread.yield();
    }
  }

  @Test
  void concurrentQueriesCauseTheReadsOfOneQuery() throws Exception {
    // One client's share of the permits.
    int queries = 15;
    Value expected = expected();
    HeldReads held = new HeldReads(store);
    QueueLimits all = new QueueLimits(queries, queries, 0, Duration.ofMinutes(1));
    try (Gateway gateway = Gateway.open(held, withCoalescingOnly().withQueue(all));
        ApiServer api =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      query(gateway);
      List<Integer> ranges = rangesPerBatch(api);
      assertEquals(2, ranges.size(), "a batch of label pages, then one of chunk pages");
      store.reset();
      query(gateway);
      int readsOfOneQuery = store.gets();
      assertTrue(readsOfOneQuery > 0);
      assertEquals(0, coalesced(api));
      store.reset();

      held.hold();
      List<Future<Value>> results = new ArrayList<>();
      for (int i = 0; i < queries; i++) {
        results.add(threads.submit(() -> query(gateway)));
      }
      // No read may finish before every query waits for it.
      awaitCoalesced(api, (queries - 1L) * ranges.get(0));
      held.labels.countDown();
      awaitCoalesced(api, (queries - 1L) * (ranges.get(0) + ranges.get(1)));
      held.chunks.countDown();
      for (Future<Value> f : results) {
        assertEquals(expected, f.get());
      }
      assertEquals(readsOfOneQuery, store.gets());
    }
  }

  @Test
  void aStoreThatFailsSometimesChangesNoResult() throws Exception {
    Value expected = expected();
    long seed = 3;
    FaultyObjectStore flaky =
        new FaultyObjectStore(memory, seed, 0.2, Fault.UNAVAILABLE, Fault.SHORT_BODY, Fault.SLOW);
    int succeeded = 0;
    for (int i = 0; i < 50; i++) {
      try (Gateway gateway = Gateway.open(flaky, withDisk())) {
        assertEquals(expected, query(gateway), () -> "seed " + seed);
        succeeded++;
      } catch (QueryException.StorageUnavailable | java.io.IOException e) {
        // The failure is reported: nothing retries above this store.
      }
    }
    assertTrue(succeeded > 10, succeeded + " succeeded");
  }
}
