package io.lamella.converter.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.converter.publish.CatalogWriter.CatalogOutcome;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.CatalogFile;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Writing of `catalog.json`: it has the published metas, and no failure of it fails a conversion.
class CatalogWriterTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_767_312_000_123L);

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(bucket);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private final CatalogWriter writer = new CatalogWriter(counting, all(counting));

  private static PublishedBucket all(ObjectStore store) {
    return new PublishedBucket(store, PublishedBucket.Scope.ALL);
  }

  private Catalog.Entry publish(int day, Ulid... replaces) {
    BlockMeta meta = SampleMetas.meta(day, replaces);
    return new Catalog.Entry(
        bucket.put(BlockNames.meta(meta.ulid()), ByteBuffer.wrap(BlockMetaJson.write(meta))),
        meta.forReaders());
  }

  private void mark(Catalog.Entry block) {
    bucket.put(BlockNames.deletionMark(block.meta().ulid()), ByteBuffer.allocate(0));
  }

  private Catalog written() throws IOException {
    return CatalogJson.read(bucket.readAll(BlockNames.CATALOG, CatalogJson.MAX_BYTES).array());
  }

  @Test
  void theCatalogHasTheMetasAndTheirListedVersions() throws Exception {
    Catalog.Entry later = publish(1);
    Catalog.Entry first = publish(0);

    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));

    assertEquals(new Catalog(NOW.toEpochMilli(), List.of(first, later)), written());
  }

  @Test
  void theCatalogHasReplacedBlocksButNoMarkedOnes() throws Exception {
    Catalog.Entry replaced = publish(0);
    Catalog.Entry replacing = publish(1, replaced.meta().ulid());
    Catalog.Entry marked = publish(2);
    mark(marked);

    writer.write(NOW);

    assertEquals(List.of(replaced, replacing), written().entries());
  }

  @Test
  void anUnfinishedUploadIsNotInTheCatalog() throws Exception {
    Catalog.Entry whole = publish(0);
    bucket.put(
        BlockNames.directory(SampleMetas.meta(1).ulid()).resolve("0.manifest"),
        ByteBuffer.allocate(1));
    bucket.put(new ObjectKey("blocks/other/meta.json"), ByteBuffer.allocate(1));

    writer.write(NOW);

    assertEquals(List.of(whole), written().entries());
  }

  @Test
  void aCurrentCatalogIsNotWrittenAgain() throws Exception {
    publish(0);
    writer.write(NOW);
    counting.reset();

    assertEquals(CatalogOutcome.UP_TO_DATE, writer.write(NOW.plusSeconds(1)));

    assertEquals(NOW.toEpochMilli(), written().writtenMillis());
    assertEquals(0, counting.count(Operation.PUT));
    assertEquals(1, counting.count(Operation.LIST));
    assertEquals(1, counting.gets(), "the catalog alone");
  }

  @Test
  void aMissingDamagedOrOutdatedCatalogIsWrittenAgain() throws Exception {
    Catalog.Entry first = publish(0);
    writer.write(NOW);
    bucket.delete(BlockNames.CATALOG);
    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));

    bucket.put(BlockNames.CATALOG, ByteBuffer.wrap("{}".getBytes()));
    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));
    assertEquals(List.of(first), written().entries());

    Catalog.Entry second = publish(1);
    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));
    assertEquals(List.of(first, second), written().entries());

    mark(first);
    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));
    assertEquals(List.of(second), written().entries());
  }

  @Test
  void aNewDayChangesOnlyTheLastPart() throws Exception {
    CatalogWriter small = new CatalogWriter(counting, all(counting), 2);
    List<Catalog.Entry> entries = new ArrayList<>();
    for (int day = 0; day < 5; day++) {
      entries.add(publish(day));
    }
    assertEquals(CatalogOutcome.WRITTEN, small.write(NOW));
    assertEquals(3, counting.count(Operation.PUT));
    counting.reset();
    entries.add(publish(5));

    assertEquals(CatalogOutcome.WRITTEN, small.write(NOW));

    assertEquals(1, counting.count(Operation.PUT), "the last part");
    assertEquals(
        entries, CatalogFile.read(bucket).stream().flatMap(c -> c.entries().stream()).toList());
    assertEquals(CatalogOutcome.UP_TO_DATE, small.write(NOW));

    publish(6);
    counting.reset();
    small.write(NOW);
    assertEquals(2, counting.count(Operation.PUT), "another part, and the first with their number");
  }

  @Test
  void aRewrittenMetaIsReadAgain() throws Exception {
    publish(0);
    writer.write(NOW);
    Catalog.Entry rewritten = publish(0);

    assertEquals(CatalogOutcome.WRITTEN, writer.write(NOW));

    assertEquals(List.of(rewritten), written().entries());
  }

  @Test
  void anEmptyBucketGetsNoCatalog() throws Exception {
    assertEquals(CatalogOutcome.UP_TO_DATE, writer.write(NOW));
    assertEquals(0, counting.count(Operation.PUT));
  }

  @Test
  void aStoreFailureAtAnyRequestDoesNotFailTheConversion() throws Exception {
    publish(0);
    // The listing, the meta, the catalog that is there, the put.
    for (int failing = 0; failing < 4; failing++) {
      faulty.next(Collections.nCopies(failing, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.UNAVAILABLE);

      CatalogOutcome outcome = new CatalogWriter(faulty, all(faulty)).write(NOW);

      assertEquals(CatalogOutcome.FAILED, outcome, "request " + failing);
      assertEquals(Optional.empty(), bucket.head(BlockNames.CATALOG));
    }
  }
}
