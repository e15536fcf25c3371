package io.lamella.gateway.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.AdmissionRejection;
import io.lamella.gateway.metrics.FetchMetrics.DiskError;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskPagesTest {
  private static final long MIB = 1 << 20;

  @TempDir Path temporary;

  private FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private Instant now = Instant.ofEpochSecond(1000);
  private final FullDisk files = new FullDisk();

  /// Files that accept so many bytes, then fail as on a full disk.
  private static final class FullDisk implements SegmentFile.Opener {
    private final SegmentFile.Channels real = new SegmentFile.Channels();
    private final AtomicInteger reads = new AtomicInteger();
    private long free = Long.MAX_VALUE;

    private SegmentFile limited(SegmentFile file) {
      return new SegmentFile() {
        @Override
        public void read(ByteBuffer into, long at) throws IOException {
          reads.incrementAndGet();
          file.read(into, at);
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
          if (bytes.remaining() > free) {
            file.write(bytes.duplicate().limit(bytes.position() + (int) free), at);
            free = 0;
            throw new IOException("No space left on device");
          }
          free -= bytes.remaining();
          file.write(bytes, at);
        }

        @Override
        public long size() throws IOException {
          return file.size();
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }

    @Override
    public SegmentFile open(Path path) throws IOException {
      return limited(real.open(path));
    }

    @Override
    public SegmentFile create(Path path) throws IOException {
      return limited(real.create(path));
    }
  }

  private Path directory() {
    return temporary.resolve("cache");
  }

  private Optional<DiskPages> tryOpen(long maxBytes) {
    metrics = new FetchMetrics(new PrometheusRegistry());
    InstantSource clock = () -> now;
    return DiskPages.open(
        new DiskPages.DiskCacheOptions(directory(), maxBytes),
        new DiskPages.Environment(files, clock, metrics));
  }

  private DiskPages open(long maxBytes) throws InterruptedException {
    DiskPages pages = tryOpen(maxBytes).orElseThrow();
    pages.flush();
    return pages;
  }

  private static void put(DiskPages pages, int from, int to) throws InterruptedException {
    for (int i = from; i < to; i++) {
      pages.put(CachePages.key(i), CachePages.bytes(i));
      if (i % 100 == 0) {
        pages.flush();
      }
    }
    pages.flush();
  }

  /// Counts the pages in `[from, to)` that are cached, and checks their bytes.
  private static int present(DiskPages pages, int from, int to) throws InterruptedException {
    List<PageKey> keys = IntStream.range(from, to).mapToObj(CachePages::key).toList();
    Map<PageKey, ByteBuffer> found = pages.find(keys);
    for (int i = from; i < to; i++) {
      ByteBuffer bytes = found.get(CachePages.key(i));
      if (bytes != null) {
        assertEquals(CachePages.bytes(i), bytes);
      }
    }
    return found.size();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> all = Files.list(directory())) {
      return all.filter(p -> p.toString().endsWith(".pages")).sorted().toList();
    }
  }

  private long bytesOnDisk() throws IOException {
    long sum = 0;
    for (Path p : segments()) {
      sum += Files.size(p);
    }
    return sum;
  }

  private void flip(Path file, long at) throws IOException {
    try (FileChannel c =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      c.read(one, at);
      c.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 4)}), at);
    }
  }

  @Test
  void pagesSurviveARestart() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 500);
      assertEquals(500, present(pages, 0, 500));
    }
    try (DiskPages again = open(8 * MIB)) {
      assertEquals(500, present(again, 0, 500));
      assertEquals(0, present(again, 500, 510));
      assertEquals(500, metrics.count(CacheTier.DISK, FetchMetrics.CacheLookup.HIT));
      assertEquals(10, metrics.count(CacheTier.DISK, FetchMetrics.CacheLookup.MISS));
    }
  }

  @Test
  void closingWritesWhatWasPut() throws Exception {
    DiskPages pages = open(8 * MIB);
    for (int i = 0; i < 50; i++) {
      pages.put(CachePages.key(i), CachePages.bytes(i));
    }
    pages.close();

    try (DiskPages again = open(8 * MIB)) {
      assertEquals(50, present(again, 0, 50));
    }
  }

  @Test
  void theCacheStaysWithinItsLimitAndRetainsPagesThatAreRead() throws Exception {
    try (DiskPages pages = open(MIB)) {
      put(pages, 0, 20);
      for (int i = 20; i < 3000; i += 20) {
        assertEquals(20, present(pages, 0, 20), "hot pages before page " + i);
        put(pages, i, i + 20);
        assertTrue(bytesOnDisk() <= MIB, () -> "too many bytes");
      }
      assertEquals(0, present(pages, 100, 200));
      assertTrue(present(pages, 2900, 3000) > 90);
      assertTrue(metrics.evictions(CacheTier.DISK) > 2000);
    }
  }

  @Test
  void pagesInMemoryAreRetainedToo() throws Exception {
    try (DiskPages pages = open(MIB)) {
      pages.retainOnEviction(k -> k.equals(CachePages.key(5)));

      put(pages, 0, 3000);

      assertEquals(1, present(pages, 5, 6));
      assertEquals(0, present(pages, 6, 10));
    }
  }

  @Test
  void aLowerLimitAppliesAfterARestart() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 2000);
    }
    try (DiskPages again = open(MIB)) {
      assertTrue(bytesOnDisk() <= MIB);
      assertTrue(present(again, 1900, 2000) > 50);
    }
  }

  @Test
  void aFlippedByteAnywhereIsNeverServed() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 20);
      Path segment = segments().getFirst();
      long size = Files.size(segment);
      for (long at = 0; at < size; at += 97) {
        flip(segment, at);
        present(pages, 0, 20);
      }
      assertEquals(0, present(pages, 0, 20));
      assertEquals(20, metrics.count(DiskError.CORRUPT));

      put(pages, 0, 20);
      assertEquals(20, present(pages, 0, 20));
    }
    try (DiskPages again = open(8 * MIB)) {
      present(again, 0, 20);
    }
  }

  @Test
  void aTornEntryIsIgnoredAndTheRestIsRead() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 20);
    }
    Path segment = segments().getFirst();
    long size = Files.size(segment);
    for (long cut = size - 1; cut > 0; cut -= 1777) {
      try (FileChannel c = FileChannel.open(segment, StandardOpenOption.WRITE)) {
        c.truncate(cut);
      }
      try (DiskPages again = open(8 * MIB)) {
        int left = present(again, 0, 20);
        assertTrue(left < 20 && left >= cut / 4200 - 1, left + " pages of " + cut + " bytes");
      }
      if (segments().isEmpty()) {
        break;
      }
    }
  }

  @Test
  void otherFilesInTheDirectoryAreNotTouched() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("notes.txt"), "mine");
    Files.writeString(directory().resolve("0000000000000007.pages"), "no segment at all");

    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 5);
      assertEquals(5, present(pages, 0, 5));
    }

    assertTrue(Files.exists(directory().resolve("notes.txt")));
    assertEquals("0000000000000008.pages", segments().getFirst().getFileName().toString());
  }

  @Test
  void aFullDiskPausesWritesAndPagesAreStillRead() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 50);
      files.free = 10_000;
      put(pages, 50, 100);

      assertEquals(1, metrics.count(DiskError.WRITE));
      assertTrue(metrics.count(CacheTier.DISK, AdmissionRejection.WRITER_BUSY) > 40);
      int found = present(pages, 0, 100);
      assertTrue(found >= 50 && found < 60, found + " pages");

      files.free = Long.MAX_VALUE;
      put(pages, 50, 60);
      assertEquals(found, present(pages, 0, 100));
      now = now.plus(Duration.ofMinutes(1));
      put(pages, 50, 100);
      assertEquals(100, present(pages, 0, 100));
    }
    try (DiskPages again = open(8 * MIB)) {
      assertEquals(100, present(again, 0, 100));
    }
  }

  @Test
  void aDiskThatStaysFullLeavesNoFiles() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      files.free = 0;
      for (int i = 0; i < 10; i++) {
        put(pages, i, i + 1);
        now = now.plus(Duration.ofMinutes(1));
      }

      assertEquals(10, metrics.count(DiskError.WRITE));
      assertEquals(List.of(), segments());
    }
  }

  @Test
  void aRemovedDirectoryIsCreatedAgain() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 50);
      try (Stream<Path> all = Files.walk(directory())) {
        for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }

      present(pages, 0, 50);
      put(pages, 50, 100);
      assertTrue(present(pages, 50, 100) >= 49);
      assertTrue(tryOpen(MIB).isEmpty(), "the directory is locked again");
    }
    try (DiskPages again = open(8 * MIB)) {
      assertTrue(present(again, 50, 100) >= 49);
    }
  }

  @Test
  void aSecondCacheOnTheDirectoryIsRefused() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      assertEquals(Optional.empty(), tryOpen(8 * MIB));
      put(pages, 0, 5);
      assertEquals(5, present(pages, 0, 5));
    }
    tryOpen(8 * MIB).orElseThrow().close();
  }

  @Test
  void aDirectoryThatCannotBeCreatedDisablesTheCache() throws Exception {
    Files.writeString(temporary.resolve("cache"), "a file is in the way");

    assertEquals(Optional.empty(), tryOpen(MIB));
  }

  @Test
  void anInvalidatedPageStaysInvalidAfterARestart() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 10);
      pages.put(CachePages.key(10), CachePages.bytes(10));
      pages.invalidate(CachePages.key(10));
      pages.invalidate(CachePages.key(3));
      pages.flush();
      assertEquals(9, present(pages, 0, 11));
    }
    try (DiskPages again = open(8 * MIB)) {
      assertEquals(9, present(again, 0, 11));
      put(again, 3, 4);
      assertEquals(1, present(again, 3, 4));
    }
  }

  @Test
  void anInterruptedQueryDoesNotHarmTheCache() throws Exception {
    try (DiskPages pages = open(8 * MIB)) {
      put(pages, 0, 200);
      for (int i = 0; i < 50; i++) {
        Thread query =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    present(pages, 0, 200);
                  } catch (InterruptedException e) {
                    // Expected.
                  }
                });
        query.interrupt();
        query.join();
      }

      assertEquals(200, present(pages, 0, 200));
      assertEquals(0, metrics.count(DiskError.READ));
    }
  }

  @Test
  void tenThousandPagesAreFoundAfterARestart() throws Exception {
    try (DiskPages pages = open(64 * MIB)) {
      put(pages, 0, 10_000);
    }
    files.reads.set(0);
    try (DiskPages again = open(64 * MIB)) {
      assertEquals(10_000, files.reads.get(), "the scan reads each header once");
      assertEquals(10_000, present(again, 0, 10_000));
    }
    assertFalse(segments().isEmpty());
  }
}
