package io.lamella.gateway.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.cache.DecodedLabels;
import io.lamella.gateway.cache.DiskPages;
import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.limits.QueryBudget.Used.Ranges;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.AdmissionRejection;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.promql.QueryException;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangeReaderTest {
  private static final long MIB = 1 << 20;
  private static final ByteRange FIRST = new ByteRange(0, 1000);
  private static final ByteRange SECOND = new ByteRange(2000, 3000);

  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final CountingObjectStore store = new CountingObjectStore(memory);
  private final Coalescing coalescing = new Coalescing(2000, MIB);
  private final byte[] content = new byte[1 << 20];
  private final ObjectVersion object;
  private FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());

  RangeReaderTest() {
    new Random(1).nextBytes(content);
    object = memory.put(new ObjectKey("a.parquet"), ByteBuffer.wrap(content));
  }

  private RangeReader reader(PageCache cache) {
    return reader(cache, coalescing);
  }

  private RangeReader reader(PageCache cache, Coalescing coalescing) {
    CoalescedReads reads =
        new CoalescedReads(
            new ScheduledReads(
                store, new ReadScheduler(new ReadScheduler.ReadLimits(8, 0)), o -> {}),
            coalescing,
            cache,
            metrics);
    return new RangeReader(cache, reads, coalescing, new DecodedLabels(1 << 20));
  }

  private PageCache inMemory(long maxBytes) {
    return new PageCache(new MemoryPages(maxBytes, metrics), Optional.empty(), metrics);
  }

  private PageCache onDisk() {
    metrics = new FetchMetrics(new PrometheusRegistry());
    DiskPages.DiskCacheOptions settings =
        new DiskPages.DiskCacheOptions(directory.resolve("cache"), 8 * MIB);
    return new PageCache(new MemoryPages(0, metrics), DiskPages.open(settings, metrics), metrics);
  }

  private static QueryBudget budget() {
    return new QueryBudget(FetchLimits.DEFAULT);
  }

  private RangeReader.Fetched read(RangeReader reader, QueryBudget budget, ByteRange... ranges)
      throws Exception {
    RangeReader.Fetched fetched =
        reader
            .fetch(
                List.of(new RangeReader.FileRanges(new FileVersion(object, "d"), List.of(ranges))),
                budget)
            .getFirst();
    for (ByteRange r : ranges) {
      assertEquals(
          ByteBuffer.wrap(Arrays.copyOfRange(content, (int) r.start(), (int) r.end())),
          fetched.slice(r));
    }
    return fetched;
  }

  @Test
  void smallRangesAreReadAndCachedInTheExtentsAroundThem() throws Exception {
    PageCache cache = inMemory(MIB);
    RangeReader reader = reader(cache, new Coalescing(2000, MIB, 4096));
    QueryBudget first = budget();
    RangeReader.Fetched fetched = read(reader, first, FIRST, new ByteRange(4000, 4200));
    QueryBudget neighbours = budget();
    read(reader, neighbours, SECOND, new ByteRange(5000, 8192));

    assertEquals(List.of(new ByteRange(0, 8192)), ranges());
    assertEquals(8192, first.used().bytes());
    assertEquals(0, neighbours.used().reads());

    fetched.invalidate();
    read(reader, budget(), SECOND);
    assertEquals(List.of(new ByteRange(0, 8192), new ByteRange(0, 4096)), ranges());
  }

  @Test
  void anExtentEndsWithTheFileAndALargeRangeIsReadAlone() throws Exception {
    RangeReader reader = reader(inMemory(MIB), new Coalescing(0, MIB, 600_000));
    read(reader, budget(), new ByteRange(content.length - 10, content.length));
    read(reader, budget(), new ByteRange(0, 600_001));

    assertEquals(
        List.of(new ByteRange(600_000, content.length), new ByteRange(0, 600_001)), ranges());
  }

  private List<ByteRange> ranges() {
    return store.reads().stream().map(CountingObjectStore.Read::range).toList();
  }

  @Test
  void aRangeThatWasReadIsNotReadAgain() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST, SECOND);
    QueryBudget again = budget();

    read(reader, again, FIRST, SECOND, FIRST);

    assertEquals(1, store.gets());
    assertEquals(
        new QueryBudget.Used(
            0, 0, 0, Map.of(CacheTier.MEMORY, new Ranges(2, 2000)), Ranges.NONE, Map.of(), 0),
        again.used());
  }

  @Test
  void onlyRangesThatAreNotCachedAreRead() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST);
    store.reset();

    read(reader, budget(), FIRST, SECOND);

    assertEquals(List.of(SECOND), store.reads().stream().map(r -> r.range()).toList());
  }

  @Test
  void theGapBetweenTwoRangesIsNotCached() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST, SECOND);
    store.reset();

    read(reader, budget(), new ByteRange(1000, 2000));

    assertEquals(1, store.gets());
  }

  @Test
  void aBroadQueryBypassesTheCache() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST);

    read(reader, budget(), new ByteRange(0, 900_000));
    store.reset();
    read(reader, budget(), FIRST);
    read(reader, budget(), new ByteRange(0, 900_000));

    assertEquals(1, store.gets());
    assertEquals(2, metrics.count(CacheTier.MEMORY, AdmissionRejection.QUERY_TOO_LARGE));
  }

  @Test
  void theBudgetDoesNotDependOnWhatIsCached() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST);
    QueryBudget small = new QueryBudget(new FetchLimits(1, 999, 10));

    assertThrows(QueryException.TooExpensive.class, () -> read(reader, small, FIRST));
  }

  @Test
  void invalidatedPagesAreReadAgain() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    RangeReader.Fetched fetched = read(reader, budget(), FIRST, SECOND);
    store.reset();

    fetched.invalidate();
    read(reader, budget(), FIRST);

    assertEquals(1, store.gets());
  }

  @Test
  void aReplacedObjectIsNotReadFromTheCache() throws Exception {
    RangeReader reader = reader(inMemory(MIB));
    read(reader, budget(), FIRST);
    content[5] ^= 1;
    ObjectVersion replaced = memory.put(object.key(), ByteBuffer.wrap(content));

    ByteBuffer bytes =
        reader
            .fetch(
                List.of(new RangeReader.FileRanges(new FileVersion(replaced, "d"), List.of(FIRST))),
                budget())
            .getFirst()
            .slice(FIRST);

    assertEquals(content[5], bytes.get(5));
    assertEquals(2, store.gets());
  }

  @Test
  void theDiskCacheServesAfterARestart() throws Exception {
    try (PageCache cache = onDisk()) {
      read(reader(cache), budget(), FIRST, SECOND);
    }
    store.reset();
    try (PageCache cache = onDisk()) {
      RangeReader reader = reader(cache);
      read(reader, budget(), FIRST, SECOND);
      assertEquals(0, store.gets());
    }
  }

  @Test
  void aFlippedByteOnDiskIsReadFromTheStore() throws Exception {
    try (PageCache cache = onDisk()) {
      read(reader(cache), budget(), FIRST, SECOND);
    }
    try (Stream<Path> all = Files.list(directory.resolve("cache"))) {
      for (Path p : all.filter(f -> f.toString().endsWith(".pages")).toList()) {
        try (FileChannel c =
            FileChannel.open(p, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          for (long at = 500; at < c.size(); at += 1000) {
            ByteBuffer one = ByteBuffer.allocate(1);
            c.read(one, at);
            c.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), at);
          }
        }
      }
    }
    store.reset();
    try (PageCache cache = onDisk()) {
      read(reader(cache), budget(), FIRST, SECOND);
    }
    assertEquals(1, store.gets());
  }
}
