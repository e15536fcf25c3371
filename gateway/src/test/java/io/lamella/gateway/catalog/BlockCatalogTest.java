package io.lamella.gateway.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.MetaMemory;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What a refresh costs, which blocks it shows, and what happens when it fails.
class BlockCatalogTest {
  private static final int MANY = 5000;

  private final MemoryObjectStore bucket = new MemoryObjectStore();

  private BlockMeta put(int day, Ulid... replaces) throws ObjectStoreException {
    BlockMeta m = PublishedMetas.meta(day, 0, 1, replaces);
    PublishedMetas.put(m, bucket);
    return m;
  }

  private static List<Ulid> blocks(BlockCatalog catalog) {
    return catalog.snapshot().blocks().stream().map(BlockMeta::ulid).toList();
  }

  @Test
  void metasAreReadOnce() throws Exception {
    Ulid first = put(0).ulid();
    CountingObjectStore counting = new CountingObjectStore(bucket);
    BlockCatalog catalog = new BlockCatalog(counting);
    catalog.refresh();
    counting.reset();
    Ulid second = put(1).ulid();
    catalog.refresh();
    assertEquals(1, counting.gets());
    assertEquals(1, counting.count(CountingObjectStore.Operation.LIST));
    assertEquals(0, counting.count(CountingObjectStore.Operation.HEAD));
    assertEquals(List.of(first, second), blocks(catalog));
  }

  @Test
  void aMetaThatWasPublishedAgainIsReadAgain() throws Exception {
    BlockMeta damaged = put(0);
    BlockCatalog catalog = new BlockCatalog(bucket);
    catalog.refresh();
    BlockMeta repaired = PublishedMetas.republished(damaged);
    PublishedMetas.put(repaired, bucket);
    catalog.refresh();
    assertEquals(List.of(repaired), catalog.snapshot().blocks());
  }

  @Test
  void aBlockThatIsMarkedForDeletionIsHiddenAndItsMetaNotRead() throws Exception {
    Ulid marked = put(0).ulid();
    Ulid stays = put(1).ulid();
    bucket.put(BlockNames.deletionMark(marked), ByteBuffer.wrap("{}".getBytes()));
    CountingObjectStore counting = new CountingObjectStore(bucket);
    BlockCatalog catalog = new BlockCatalog(counting);
    catalog.refresh();
    assertEquals(List.of(stays), blocks(catalog));
    assertEquals(1 + 1, counting.gets(), "catalog.json, which does not exist, and one meta");

    bucket.delete(BlockNames.deletionMark(marked));
    catalog.refresh();
    assertEquals(List.of(marked, stays), blocks(catalog));
  }

  @Test
  void aLaterDeletionMarkHidesTheBlockAndShowsTheBlockThatItReplaced() throws Exception {
    Ulid old = put(0).ulid();
    Ulid later = put(0, old).ulid();
    BlockCatalog catalog = new BlockCatalog(bucket);
    catalog.refresh();
    assertEquals(List.of(later), blocks(catalog));
    CatalogSnapshot before = catalog.snapshot();

    bucket.put(BlockNames.deletionMark(later), ByteBuffer.wrap("{}".getBytes()));
    catalog.refresh();
    assertEquals(List.of(old), blocks(catalog));
    assertEquals(later, before.blocks().getFirst().ulid());
  }

  @Test
  void anUploadInProgressIsNotABlock() throws Exception {
    Ulid whole = put(0).ulid();
    Ulid underWay = PublishedMetas.meta(1, 0, 1).ulid();
    bucket.put(
        BlockNames.directory(underWay).resolve("0.labels.parquet"), ByteBuffer.wrap(new byte[9]));
    bucket.put(new ObjectKey("blocks/other/meta.json"), ByteBuffer.wrap(new byte[9]));
    CountingObjectStore counting = new CountingObjectStore(bucket);
    BlockCatalog catalog = new BlockCatalog(counting);
    catalog.refresh();
    assertEquals(List.of(whole), blocks(catalog));
    assertEquals(1 + 1, counting.gets(), "catalog.json, which does not exist, and one meta");
  }

  @Test
  void oneUnreadableMetaHidesNoOtherBlockAndFailsItsDay() throws Exception {
    BlockMeta good = put(0);
    BlockMeta bad = put(1);
    bucket.put(BlockNames.meta(bad.ulid()), ByteBuffer.wrap("{}".getBytes()));
    BlockCatalog catalog = new BlockCatalog(bucket);
    catalog.refresh();
    assertEquals(1, catalog.snapshot().overlapping(good.range()).size());
    assertThrows(CorruptBlockException.class, () -> catalog.snapshot().overlapping(bad.range()));

    PublishedMetas.put(bad, bucket);
    catalog.refresh();
    assertEquals(1, catalog.snapshot().overlapping(bad.range()).size());
  }

  @Test
  void aFailedRefreshKeepsTheSnapshotAndTheMetasThatWereRead() throws Exception {
    Ulid first = put(0).ulid();
    FaultyObjectStore faulty = new FaultyObjectStore(bucket);
    CountingObjectStore counting = new CountingObjectStore(faulty);
    BlockCatalog catalog =
        new BlockCatalog(
            counting,
            new ReadScheduler(new ReadScheduler.ReadLimits(1, 0)),
            new BlockCatalog.Part("", BlockSlice.ALL),
            MetaMemory.ofHeap());
    catalog.refresh();
    put(1);
    put(2);
    faulty.next(Fault.NONE, Fault.NONE, Fault.UNAVAILABLE);
    assertThrows(IOException.class, catalog::refresh);
    assertEquals(List.of(first), blocks(catalog));

    counting.reset();
    catalog.refresh();
    assertEquals(3, blocks(catalog).size());
    assertEquals(1, counting.gets());
  }

  @Test
  void readsOfMetasTakePermitsOfTheScheduler() throws Exception {
    for (int day = 0; day < 40; day++) {
      put(day);
    }
    AtomicInteger running = new AtomicInteger();
    AtomicInteger max = new AtomicInteger();
    ForwardingObjectStore watched =
        new ForwardingObjectStore(bucket) {
          @Override
          public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
            max.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            try {
              return super.readAll(key, maxBytes);
            } finally {
              running.decrementAndGet();
            }
          }
        };
    BlockCatalog catalog =
        new BlockCatalog(
            watched,
            new ReadScheduler(new ReadScheduler.ReadLimits(3, 0)),
            new BlockCatalog.Part("", BlockSlice.ALL),
            MetaMemory.ofHeap());
    catalog.refresh();
    assertEquals(40, blocks(catalog).size());
    assertTrue(max.get() <= 3, () -> max + " concurrent reads");
  }

  @Test
  void fiveThousandBlocksFitIntoTensOfMebibytes() throws Exception {
    for (int i = 0; i < MANY; i++) {
      PublishedMetas.put(PublishedMetas.meta(i % 180, i / 180, 12), bucket);
    }
    BlockCatalog catalog = new BlockCatalog(bucket);
    long before = used();
    catalog.refresh();
    long taken = used() - before;
    assertEquals(MANY, catalog.snapshot().blocks().size());
    assertTrue(taken < 40 << 20, () -> taken + " bytes");
  }

  /// Bytes in use after a collection, the minimum of a few measurements.
  private static long used() {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Runtime r = Runtime.getRuntime();
      min = Math.min(min, r.totalMemory() - r.freeMemory());
    }
    return min;
  }
}
