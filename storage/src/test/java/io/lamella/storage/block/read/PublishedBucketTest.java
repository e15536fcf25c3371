package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBucket.Scope;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The blocks that a reader of a bucket finds, and the number of requests.
class PublishedBucketTest {
  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(bucket);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);

  private BlockMeta publish(int day, Ulid... replaces) {
    BlockMeta meta = SampleMetas.meta(day, replaces).forReaders();
    put(meta.ulid(), BlockMetaJson.write(meta));
    return meta;
  }

  /// Publishes a block of the same day that replaces this one.
  private BlockMeta publishReplacing(BlockMeta before) {
    Ulid ulid = new Ulid(before.ulid().high(), before.ulid().low() + 1);
    BlockMeta meta = before.withUlid(ulid).withReplaces(List.of(before.ulid()));
    put(ulid, BlockMetaJson.write(meta));
    return meta;
  }

  private void put(Ulid block, byte[] meta) {
    bucket.put(BlockNames.directory(block).resolve("0.labels.parquet"), ByteBuffer.allocate(3));
    bucket.put(BlockNames.meta(block), ByteBuffer.wrap(meta));
  }

  private void mark(BlockMeta block) {
    bucket.put(BlockNames.deletionMark(block.ulid()), ByteBuffer.allocate(0));
  }

  private void writeCatalogFile(BlockMeta... blocks) {
    List<Catalog.Entry> entries =
        List.of(blocks).stream()
            .map(m -> new Catalog.Entry(bucket.head(BlockNames.meta(m.ulid())).orElseThrow(), m))
            .toList();
    bucket.put(BlockNames.CATALOG, ByteBuffer.wrap(CatalogJson.write(new Catalog(0, entries))));
  }

  private PublishedBlocks refresh(Scope scope) throws Exception {
    return new PublishedBucket(counting, scope).refresh();
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void blocksAreInAscendingOrderAndReplacedOnesAreNotVisible(Scope scope) throws Exception {
    BlockMeta later = publish(2);
    BlockMeta old = publish(0);
    BlockMeta replacing = publishReplacing(old);

    PublishedBlocks seen = refresh(scope);

    assertEquals(List.of(old, replacing, later), seen.metas());
    assertEquals(List.of(replacing, later), seen.visible());
  }

  private void assertBrokenForQueries(BlockMeta bad, String what) throws Exception {
    BlockMeta good = publish(1);
    put(bad.ulid(), BlockMetaJson.write(bad));

    PublishedBlocks seen = refresh(Scope.UNMARKED);

    assertEquals(List.of(good), seen.visible());
    assertEquals(
        "cannot read block meta: "
            + what
            + " [object="
            + BlockNames.meta(bad.ulid())
            + "]; delete this object and convert this block again",
        seen.broken().getFirst().reason());
  }

  @Test
  void aMetaOfOtherDaysThanThatOfItsNameIsBroken() throws Exception {
    BlockMeta meta = SampleMetas.meta(0);
    Ulid nextDay = SampleMetas.meta(2).ulid();

    assertBrokenForQueries(
        meta.withUlid(nextDay),
        "its time range [0, 86400000) is not within the day of its name, which starts at 172800000");
  }

  @Test
  void aMetaThatReplacesABlockOfAnotherDayIsBroken() throws Exception {
    Ulid other = SampleMetas.meta(1).ulid();

    assertBrokenForQueries(
        SampleMetas.meta(0, other),
        "it replaces block " + other + ", expected another block of its day");
  }

  @Test
  void aMetaThatReplacesItselfIsBroken() throws Exception {
    Ulid self = SampleMetas.meta(0).ulid();

    assertBrokenForQueries(
        SampleMetas.meta(0, self),
        "it replaces block " + self + ", expected another block of its day");
  }

  @Test
  void onlyWritersReadTheMetasOfMarkedBlocks() throws Exception {
    BlockMeta old = publish(0);
    BlockMeta marked = publish(1, old.ulid());
    mark(marked);

    PublishedBlocks forQueries = refresh(Scope.UNMARKED);
    assertEquals(List.of(old), forQueries.metas());
    assertEquals(List.of(old), forQueries.visible());
    assertEquals(2, counting.gets(), "the catalog file, which is missing, and one meta");

    PublishedBlocks forWriters = refresh(Scope.ALL);
    assertEquals(List.of(old, marked), forWriters.metas());
    assertEquals(Set.of(marked.ulid()), forWriters.marked());
    assertEquals(List.of(old), forWriters.visible(), "a marked block replaces nothing");
  }

  @Test
  void addedAndRemovedDeletionMarksAreNoticed() throws Exception {
    BlockMeta block = publish(0);
    PublishedBucket reader = new PublishedBucket(counting, Scope.UNMARKED);
    assertEquals(List.of(block), reader.refresh().visible());

    mark(block);
    assertEquals(List.of(), reader.refresh().metas());

    bucket.delete(BlockNames.deletionMark(block.ulid()));
    assertEquals(List.of(block), reader.refresh().visible());
  }

  @Test
  void anEmptyBlockIsInvisibleAndHidesWhatItReplaces() throws Exception {
    BlockMeta before = publish(0);
    BlockMeta sample = SampleMetas.meta(0, before.ulid());
    BlockMeta empty =
        new BlockMeta(
            new Ulid(before.ulid().high(), 7),
            sample.coverage(),
            sample.lineage(),
            new BlockMeta.Structure(sample.sortKey(), sample.columnMillis(), List.of()),
            BlockMeta.Counts.NONE);
    bucket.put(BlockNames.meta(empty.ulid()), ByteBuffer.wrap(BlockMetaJson.write(empty)));

    PublishedBlocks seen = refresh(Scope.UNMARKED);

    assertEquals(List.of(), seen.visible());
    assertEquals(2, seen.metas().size());
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void directoriesWithoutAMetaAreUnfinished(Scope scope) throws Exception {
    BlockMeta whole = publish(0);
    ObjectKey file = BlockNames.directory(SampleMetas.meta(1).ulid()).resolve("0.manifest");
    bucket.put(file, ByteBuffer.allocate(7));
    bucket.put(new ObjectKey("blocks/other/meta.json"), ByteBuffer.allocate(1));
    bucket.put(new ObjectKey("blocks/meta.json"), ByteBuffer.allocate(1));
    ObjectKey deep =
        BlockNames.directory(SampleMetas.meta(2).ulid()).resolve("0123456789abcdef/meta.json");
    bucket.put(deep, ByteBuffer.allocate(1));

    PublishedBlocks seen = refresh(scope);

    assertEquals(List.of(whole), seen.metas());
    assertEquals(
        List.of(file, deep),
        seen.unfinished().stream()
            .flatMap(b -> b.objects().stream())
            .map(ObjectEntry::key)
            .toList());
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void cachedMetasAreNotReadAgainAndNewOnesAre(Scope scope) throws Exception {
    BlockMeta first = publish(0);
    PublishedBucket reader = new PublishedBucket(counting, scope);
    reader.refresh();
    counting.reset();

    assertEquals(List.of(first), reader.refresh().metas());
    assertEquals(0, counting.gets());
    assertEquals(1, counting.count(Operation.LIST));

    BlockMeta second = publish(1);
    assertEquals(List.of(first, second), reader.refresh().metas());
    assertEquals(1, counting.gets());

    BlockMeta rewritten = publish(0, new Ulid(first.ulid().high(), 7));
    assertEquals(List.of(rewritten, second), reader.refresh().metas());
    assertEquals(2, counting.gets());

    bucket.delete(BlockNames.meta(rewritten.ulid()));
    assertEquals(List.of(second), reader.refresh().metas());
    assertEquals(2, counting.gets());
  }

  @Test
  void aListingCostsOneRequestForEachThousandObjects() throws Exception {
    for (int day = 0; day < 600; day++) {
      publish(day);
    }

    assertEquals(600, refresh(Scope.ALL).metas().size());
    assertEquals(2, counting.count(Operation.LIST), "1,200 objects");
    assertEquals(600, counting.gets());
    assertEquals(0, counting.count(Operation.HEAD));
    assertEquals(600, PublishedBucket.list(counting).size());
    assertEquals(4, counting.count(Operation.LIST));
    assertEquals(600, counting.gets());
  }

  @Test
  void withTheCatalogFileTheGatewayReadsNoMetas() throws Exception {
    BlockMeta first = publish(0);
    BlockMeta second = publish(1);
    writeCatalogFile(first, second);

    assertEquals(List.of(first, second), refresh(Scope.UNMARKED).visible());
    assertEquals(1, counting.gets(), "the catalog file alone");

    counting.reset();
    assertEquals(List.of(first, second), refresh(Scope.ALL).visible());
    assertEquals(2, counting.gets(), "writers never depend on it");
  }

  @Test
  void aMetaFromTheCatalogFileIsUsedOnlyForTheSameVersion() throws Exception {
    BlockMeta gone = publish(0);
    BlockMeta changed = publish(1);
    writeCatalogFile(gone, changed);
    bucket.delete(BlockNames.meta(gone.ulid()));
    BlockMeta rewritten = publish(1, new Ulid(changed.ulid().high(), 7));

    assertEquals(List.of(rewritten), refresh(Scope.UNMARKED).visible());
    assertEquals(2, counting.gets());
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void anUnreadableMetaIsReportedAndReadAgainAndDoesNotAffectOtherBlocks(Scope scope)
      throws Exception {
    BlockMeta good = publish(0);
    BlockMeta bad = SampleMetas.meta(1).forReaders();
    put(bad.ulid(), "{}".getBytes());
    PublishedBucket reader = new PublishedBucket(counting, scope);

    PublishedBlocks seen = reader.refresh();

    assertEquals(List.of(good), seen.metas());
    assertEquals(bad.ulid(), seen.broken().getFirst().block());
    String reason = seen.broken().getFirst().reason();
    assertTrue(
        reason.startsWith("cannot read block meta: ")
            && reason.contains("[object=" + BlockNames.meta(bad.ulid()) + "]"),
        reason);
    assertEquals(reason, assertThrows(IOException.class, seen::requireReadable).getMessage());

    publish(1);
    assertEquals(List.of(good, bad), reader.refresh().requireReadable().metas());
  }

  @Test
  void aMetaInAnotherBlocksDirectoryIsUnreadable() throws Exception {
    put(SampleMetas.meta(1).ulid(), BlockMetaJson.write(SampleMetas.meta(0)));

    PublishedBlocks seen = refresh(Scope.ALL);

    assertEquals(List.of(), seen.metas());
    assertTrue(
        seen.broken().getFirst().reason().contains("the meta of block"), seen.broken().toString());
  }

  @Test
  void aMetaThatIsTooLargeIsUnreadable() throws Exception {
    BlockMeta block = publish(0);
    ForwardingObjectStore strict =
        new ForwardingObjectStore(bucket) {
          @Override
          public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
            throw new ObjectStoreException.TooLarge("large");
          }
        };

    PublishedBlocks seen = new PublishedBucket(strict, Scope.ALL).refresh();

    assertEquals(block.ulid(), seen.broken().getFirst().block());
  }

  @Test
  void aBlockDeletedAfterTheListingIsNotReported() throws Exception {
    BlockMeta block = publish(0);
    ForwardingObjectStore deleting =
        new ForwardingObjectStore(bucket) {
          @Override
          public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
            bucket.delete(BlockNames.meta(block.ulid()));
            return super.readAll(key, maxBytes);
          }
        };

    PublishedBlocks seen = new PublishedBucket(deleting, Scope.ALL).refresh();

    assertEquals(List.of(), seen.metas());
    assertEquals(List.of(), seen.broken());
    assertEquals(List.of(), seen.unfinished());
  }

  @Test
  void aFailureOfTheStoreFailsTheRefreshAndTheMetasReadSoFarStayCached() throws Exception {
    publish(0);
    publish(1);
    PublishedBucket reader =
        new PublishedBucket(
            counting,
            Scope.ALL,
            new PublishedBucket.MetaReader() {
              @Override
              public synchronized MetaRead read(Ulid block, ObjectVersion meta) throws IOException {
                return MetaRead.of(block, counting);
              }
            });
    faulty.next(Fault.NONE, Fault.NONE, Fault.UNAVAILABLE);
    assertThrows(IOException.class, reader::refresh);
    counting.reset();

    assertEquals(2, reader.refresh().metas().size());
    assertEquals(1, counting.gets());

    faulty.next(Fault.UNAVAILABLE);
    assertThrows(IOException.class, reader::refresh);
    faulty.next(Fault.UNAVAILABLE);
    assertThrows(IOException.class, () -> PublishedBucket.list(counting));
  }

  private ForwardingObjectStore untagged() {
    return new ForwardingObjectStore(counting) {
      @Override
      public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
        return super.listPage(prefix, token)
            .map(e ->
                new ObjectEntry(
                    new ObjectVersion(e.key(), e.version().size(), ""), e.lastModified()));
      }
    };
  }

  @Test
  void metasWithoutATagAreReadEachTimeForWriters() throws Exception {
    BlockMeta block = publish(0);
    PublishedBucket reader = new PublishedBucket(untagged(), Scope.ALL);

    assertEquals(List.of(block), reader.refresh().metas());
    assertEquals(List.of(block), reader.refresh().metas());
    assertEquals(2, counting.gets());
  }

  @Test
  void metasWithoutATagAreReadOnceForQueries() throws Exception {
    BlockMeta block = publish(0);
    PublishedBucket reader = new PublishedBucket(untagged(), Scope.UNMARKED);

    assertEquals(List.of(block), reader.refresh().metas());
    assertEquals(2, counting.gets(), "the catalog file, which is missing, and the meta");
    assertEquals(List.of(block), reader.refresh().metas());
    assertEquals(2, counting.gets());
  }

  /// A bucket that does not deliver one object, and counts the pages of its listing.
  private final class Hostile extends ForwardingObjectStore {
    private Set<ObjectKey> undelivered = Set.of();
    private int pages;
    private boolean endless;

    Hostile() {
      super(bucket);
    }

    @Override
    public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
      if (undelivered.contains(key)) {
        throw new ObjectStoreException.Unavailable("status 500", null);
      }
      return super.readAll(key, maxBytes);
    }

    @Override
    public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
      if (!endless) {
        return super.listPage(prefix, token);
      }
      assertTrue(++pages < 100, "it lists for ever");
      // Five pages, of which the last leads to the second.
      return new Page<>(List.of(), Optional.of("t" + (pages < 5 ? pages : 2 + pages % 4)));
    }
  }

  @Test
  void aMetaThatTheStoreDoesNotDeliverHidesNoOtherBlock() throws Exception {
    BlockMeta good = publish(0);
    BlockMeta bad = publish(1);
    Hostile store = new Hostile();
    store.undelivered = Set.of(BlockNames.meta(bad.ulid()));

    PublishedBlocks blocks = new PublishedBucket(store, Scope.UNMARKED).refresh();

    assertEquals(List.of(good), blocks.visible());
    assertEquals(List.of(bad.ulid()), blocks.broken().stream().map(BrokenBlock::block).toList());
    assertEquals(
        "cannot read block meta: status 500",
        String.valueOf(blocks.broken().getFirst().error().getMessage()));
  }

  @Test
  void aNewMetaThatTheStoreDoesNotDeliverTwiceHoldsUpNoOtherNewBlock() throws Exception {
    BlockMeta old = publish(0);
    Hostile store = new Hostile();
    PublishedBucket blocks = new PublishedBucket(store, Scope.UNMARKED);
    blocks.refresh();
    BlockMeta bad = publish(1);
    BlockMeta later = publish(2);
    store.undelivered = Set.of(BlockNames.meta(bad.ulid()));

    assertThrows(IOException.class, blocks::refresh, "the next refresh may read it");
    assertEquals(List.of(old, later), blocks.refresh().visible());
    store.undelivered = Set.of();
    assertEquals(List.of(old, bad, later), blocks.refresh().visible());
  }

  @Test
  void aStoreThatDeliversNoMetaFailsTheRefresh() {
    Hostile store = new Hostile();
    store.undelivered =
        Set.of(BlockNames.meta(publish(0).ulid()), BlockNames.meta(publish(1).ulid()));

    assertThrows(
        ObjectStoreException.Unavailable.class,
        () -> new PublishedBucket(store, Scope.UNMARKED).refresh());
  }

  @Test
  void aListingWhosePagesLeadBackFails() {
    Hostile store = new Hostile();
    store.endless = true;

    assertThrows(
        ObjectStoreException.Unavailable.class,
        () -> new PublishedBucket(store, Scope.UNMARKED).refresh());
  }

  @Test
  void aListingOutOfOrderFails() {
    BlockMeta block = publish(0);
    ForwardingObjectStore twice =
        new ForwardingObjectStore(bucket) {
          @Override
          public Page<ObjectEntry> listPage(String prefix, String token)
              throws ObjectStoreException {
            return new Page<>(
                super.listPage(prefix, "").entries(),
                token.isEmpty() ? Optional.of("more") : Optional.empty());
          }
        };

    ObjectStoreException e =
        assertThrows(
            ObjectStoreException.Unavailable.class,
            () -> new PublishedBucket(twice, Scope.UNMARKED).refresh());
    assertTrue(String.valueOf(e.getMessage()).contains(block.ulid() + "/0.labels.parquet follows"));
  }
}
