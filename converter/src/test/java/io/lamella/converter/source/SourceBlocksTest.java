package io.lamella.converter.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.converter.schedule.SourceBlock;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks are opened once, stay open while they are read, and leave no files on disk.
class SourceBlocksTest {
  @TempDir Path work;

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(bucket);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private SourceBlocks sources;
  private List<Ulid> blocks = List.of();

  @BeforeEach
  void upload() throws Exception {
    sources = new SourceBlocks(counting, Optional.empty(), SourceSettings.of(work));
    Path from = RecordedSamples.directory().resolve("floats");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        bucket.put(
            new ObjectKey(from.relativize(p).toString()), ByteBuffer.wrap(Files.readAllBytes(p)));
      }
    }
    blocks = sources.list().blocks().stream().map(SourceBlock::ulid).toList();
    assertTrue(blocks.size() >= 2, "the recorded samples are of several blocks");
    counting.reset();
  }

  @AfterEach
  void close() throws IOException {
    sources.close();
  }

  /// Files below the work directory.
  private long files() throws IOException {
    try (Stream<Path> all = Files.walk(work)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private static long series(TsdbBlock block) throws IOException {
    List<Object> seen = new ArrayList<>();
    block.forEachSeries(seen::add);
    return seen.size();
  }

  @Test
  void aLeaseThatIsNotOpenedDownloadsNothing() throws Exception {
    sources.lease(blocks).close();

    assertEquals(0, counting.gets());
    assertEquals(0, counting.count(Operation.LIST));
    assertEquals(0, files());
  }

  @Test
  void aBlockOfTwoLeasesIsDownloadedOnceAndDeletedWhenBothAreClosed() throws Exception {
    List<Ulid> one = blocks.subList(0, 1);
    SourceBlocks.SourceLease first = sources.lease(one);
    SourceBlocks.SourceLease second = sources.lease(one);
    TsdbBlock block = first.open().getFirst();
    int gets = counting.gets();

    assertSame(block, second.open().getFirst());
    assertEquals(gets, counting.gets());

    first.close();
    assertTrue(files() > 0);
    assertTrue(series(block) > 0, "the second lease keeps it open");

    second.close();
    assertEquals(0, files());
  }

  @Test
  void closingALeaseTwiceReleasesItsBlocksOnce() throws Exception {
    List<Ulid> one = blocks.subList(0, 1);
    SourceBlocks.SourceLease first = sources.lease(one);
    SourceBlocks.SourceLease second = sources.lease(one);
    TsdbBlock block = second.open().getFirst();

    first.close();
    first.close();

    assertTrue(series(block) > 0);
    assertThrows(IllegalStateException.class, first::open);
    second.close();
  }

  @Test
  void aBlockIsOpenedAgainAfterItsLastLeaseWasClosed() throws Exception {
    List<Ulid> one = blocks.subList(0, 1);
    TsdbBlock before;
    try (SourceBlocks.SourceLease lease = sources.lease(one)) {
      before = lease.open().getFirst();
    }
    try (SourceBlocks.SourceLease lease = sources.lease(one)) {
      assertNotSame(before, lease.open().getFirst());
      assertTrue(series(lease.open().getFirst()) > 0);
    }
    assertEquals(0, files());
  }

  @Test
  void aLeaseReturnsItsBlocksInTheOrderOfTheRequest() throws Exception {
    try (SourceBlocks.SourceLease lease = sources.lease(blocks.reversed())) {
      List<TsdbBlock> open = lease.open();

      assertEquals(blocks.size(), open.size());
      assertEquals(
          blocks.reversed().stream().map(Ulid::toString).toList(),
          open.stream().map(b -> b.meta().ulid()).toList());
    }
  }

  @Test
  void aFailedDownloadLeavesNoFilesAndMayBeRetried() throws Exception {
    int requests;
    try (SourceBlocks.SourceLease lease = sources.lease(blocks)) {
      lease.open();
      requests = counting.gets() + counting.count(Operation.LIST);
    }
    for (int failing = 0; failing < requests; failing++) {
      faulty.next(Collections.nCopies(failing, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.UNAVAILABLE);
      try (SourceBlocks.SourceLease lease = sources.lease(blocks)) {
        assertThrows(IOException.class, lease::open, "request " + failing);
        assertThrows(IOException.class, lease::open, "the failure is remembered");
      }
      assertEquals(0, files(), "request " + failing);
    }
    try (SourceBlocks.SourceLease lease = sources.lease(blocks)) {
      assertEquals(blocks.size(), lease.open().size());
    }
  }

  @Test
  void aBlockThatCannotBeClosedKeepsNoOtherOpen() throws Exception {
    SourceBlocks.SourceLease lease = sources.lease(blocks);
    List<TsdbBlock> open = lease.open();
    open.getFirst().close();

    assertThrows(IllegalStateException.class, lease::close);

    assertEquals(0, files());
    for (TsdbBlock b : open) {
      assertThrows(IllegalStateException.class, () -> series(b), "closed");
    }
  }

  @Test
  void closingTheSourcesClosesLeasedBlocks() throws Exception {
    SourceBlocks.SourceLease open = sources.lease(blocks.subList(0, 1));
    open.open();
    sources.lease(blocks.subList(1, 2));

    sources.close();

    assertEquals(0, files());
    open.close();
  }

  @Test
  void manyThreadsShareOneDownload() throws Exception {
    int threads = 8;
    CountDownLatch ready = new CountDownLatch(threads);
    List<Callable<TsdbBlock>> readers = new ArrayList<>();
    List<SourceBlocks.SourceLease> leases = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      SourceBlocks.SourceLease lease = sources.lease(blocks.subList(0, 1));
      leases.add(lease);
      readers.add(() -> {
        ready.countDown();
        ready.await();
        return lease.open().getFirst();
      });
    }
    List<TsdbBlock> seen = ParallelTasks.run(readers);

    assertEquals(1, Set.copyOf(seen).size());
    assertEquals(
        1, counting.reads().stream().filter(r -> r.key().name().endsWith("index")).count());
    for (SourceBlocks.SourceLease l : leases) {
      assertTrue(files() > 0);
      l.close();
    }
    assertEquals(0, files());
  }

  @Test
  void blocksOfADirectoryAreReadInPlace() throws Exception {
    Path from = RecordedSamples.directory().resolve("floats");
    try (SourceBlocks local = SourceBlocks.open(from.toString(), SourceSettings.of(work))) {
      local.list();
      try (SourceBlocks.SourceLease lease = local.lease(blocks)) {
        assertTrue(series(lease.open().getFirst()) > 0);
        assertEquals(0, files());
        assertTrue(local.openedBytes() > 0);
      }
    }
    assertFalse(blocks.isEmpty());
    assertTrue(Files.isDirectory(from.resolve(blocks.getFirst().toString())));
  }
}
