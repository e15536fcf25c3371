package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.FetchOptions;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.promql.QueryException;
import io.lamella.promql.Value;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fetch pipeline under real queries: answers stay the same whatever happens below.
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

  private static Value ask(Gateway gateway) {
    return gateway.queries().instant(SCOPES, AT, QueryOptions.NONE).value().value();
  }

  private Value expected() throws Exception {
    try (ObjectStore plain = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.open(plain, GatewayOptions.defaults())) {
      return ask(gateway);
    }
  }

  private GatewayOptions withDisk() {
    return withDisk(FetchOptions.defaults().memoryBytes());
  }

  /// A gateway whose pages are on disk or nowhere.
  private GatewayOptions withDiskAlone() {
    return withDisk(0);
  }

  private void removeCache() throws Exception {
    try (Stream<Path> all = Files.walk(directory.resolve("cache"))) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        // The gateway may be making it anew already.
        p.toFile().delete();
      }
    }
  }

  private GatewayOptions withDisk(long memoryBytes) {
    FetchOptions f = FetchOptions.defaults();
    return ConvertedBlocks.fetching(
        new FetchOptions(
            memoryBytes,
            Optional.of(new DiskPages.DiskCacheOptions(directory.resolve("cache"), 64 << 20)),
            f.hedging(),
            f.gate(),
            f.cdn()));
  }

  @Test
  void aBitThatFlipsOnTheWayFailsOneQueryAndIsNotKept() throws Exception {
    Value expected = expected();
    // Layouts first, so that the flipped bits are those of pages.
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      faulty.next(Fault.NONE, Fault.NONE, Fault.FLIPPED_BIT);
      assertThrows(QueryException.CorruptBlock.class, () -> ask(gateway));
      assertEquals(expected, ask(gateway));
      assertEquals(expected, ask(gateway));
    }
  }

  @Test
  void anObjectThatIsWrittenAnewIsOpenedAnewByTheSameQuery() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults())) {
      faulty.next(Fault.NONE, Fault.NONE, Fault.CHANGED);
      assertEquals(expected, ask(gateway));
      assertEquals(
          2,
          store.reads().stream().filter(r -> r.key().name().endsWith(".manifest")).count(),
          () -> store.reads().toString());
    }
  }

  @Test
  void aCacheDirectoryThatIsRemovedChangesNoAnswer() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, withDiskAlone())) {
      assertEquals(expected, ask(gateway));
      removeCache();
      assertEquals(expected, ask(gateway));
      // What is new to the cache finds the directory gone.
      gateway.queries().instant("count({__name__=~\".+\"})", AT, QueryOptions.NONE);
      assertEquals(expected, ask(gateway));
    }
    assertTrue(Files.isDirectory(directory.resolve("cache")), "it is made anew");
    store.reset();
    try (Gateway gateway = Gateway.open(store, withDiskAlone())) {
      assertEquals(expected, ask(gateway));
      assertTrue(
          store.gets() <= 6,
          "three metas, and what was on disk but for the page that found it gone");
    }
  }

  @Test
  void twoGatewaysOnOneCacheDirectoryBothAnswer() throws Exception {
    Value expected = expected();
    try (Gateway one = Gateway.open(store, withDiskAlone());
        Gateway other = Gateway.open(store, withDiskAlone())) {
      for (int i = 0; i < 3; i++) {
        assertEquals(expected, ask(one));
        assertEquals(expected, ask(other));
      }
    }
  }

  @Test
  void aRestartReadsPagesFromDisk() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, withDisk())) {
      assertEquals(expected, ask(gateway));
    }
    store.reset();
    try (Gateway gateway = Gateway.open(store, withDisk())) {
      assertEquals(expected, ask(gateway));
      assertEquals(0, store.count(CountingObjectStore.Operation.READ));
    }
  }

  @Test
  void manyAtOnceCauseTheReadsOfOne() throws Exception {
    Value expected = expected();
    try (Gateway gateway = Gateway.open(store, GatewayOptions.defaults());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ask(gateway);
      store.reset();
      List<Callable<Value>> queries = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        queries.add(() -> ask(gateway));
      }
      for (Future<Value> f : threads.invokeAll(queries)) {
        assertEquals(expected, f.get());
      }
      assertEquals(0, store.gets());
    }
  }

  @Test
  void aStoreThatFailsNowAndThenChangesNoAnswer() throws Exception {
    Value expected = expected();
    long seed = 3;
    FaultyObjectStore flaky =
        new FaultyObjectStore(memory, seed, 0.2, Fault.UNAVAILABLE, Fault.SHORT_BODY, Fault.SLOW);
    int answered = 0;
    for (int i = 0; i < 50; i++) {
      try (Gateway gateway = Gateway.open(flaky, withDisk())) {
        assertEquals(expected, ask(gateway), () -> "seed " + seed);
        answered++;
      } catch (QueryException.StorageUnavailable | java.io.IOException e) {
        // Said, not hidden: there is no retry in this store.
      }
    }
    assertTrue(answered > 10, answered + " answered");
  }
}
