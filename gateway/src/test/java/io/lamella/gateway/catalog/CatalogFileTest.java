package io.lamella.gateway.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Catalog;
import io.lamella.storage.block.CatalogJson;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `catalog.json` saves reads at the start; its content never changes the snapshot.
class CatalogFileTest {
  private static final int BLOCKS = 40;

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final CountingObjectStore counting = new CountingObjectStore(bucket);
  private final List<BlockMeta> metas = new ArrayList<>();

  @BeforeEach
  void publish() throws IOException {
    for (int day = 0; day < BLOCKS; day++) {
      metas.add(put(day));
    }
    writeCatalog(metas);
  }

  private BlockMeta put(int day, Ulid... replaces) throws ObjectStoreException {
    BlockMeta m = PublishedMetas.meta(day, 0, 1, replaces);
    PublishedMetas.put(m, bucket);
    return m;
  }

  /// Writes the catalog as a converter does.
  private void writeCatalog(List<BlockMeta> metas) {
    List<Catalog.Entry> entries =
        metas.stream()
            .sorted(Comparator.comparing(BlockMeta::ulid))
            .map(m -> new Catalog.Entry(bucket.head(BlockNames.meta(m.ulid())).orElseThrow(), m))
            .toList();
    writeCatalog(CatalogJson.write(new Catalog(0, entries)));
  }

  private void writeCatalog(byte[] bytes) {
    bucket.put(BlockNames.CATALOG, ByteBuffer.wrap(bytes));
  }

  private byte[] readCatalog() throws ObjectStoreException {
    return bucket.readAll(BlockNames.CATALOG, CatalogJson.MAX_BYTES).array();
  }

  private static CatalogSnapshot start(ObjectStore store) throws Exception {
    BlockCatalog catalog = new BlockCatalog(store);
    catalog.refresh();
    return catalog.snapshot();
  }

  /// Asserts that a start over the store finds the same blocks as without a catalog file.
  private void assertStartReads(int metasRead, ObjectStore store) throws Exception {
    counting.reset();
    CatalogSnapshot seen = start(store);
    int gets = counting.gets();
    bucket.delete(BlockNames.CATALOG);

    assertEquals(start(bucket), seen);
    assertEquals(1 + metasRead, gets, "catalog.json and metas");
  }

  @Test
  void aStartCostsOneListingAndOneRead() throws Exception {
    BlockCatalog catalog = new BlockCatalog(counting);

    catalog.refresh();

    assertEquals(metas, catalog.snapshot().blocks());
    assertEquals(1, counting.count(Operation.LIST));
    assertEquals(1, counting.count(Operation.READ_ALL));
    assertEquals(1, counting.gets());
    assertEquals(0, counting.count(Operation.HEAD));
  }

  @Test
  void fiveThousandBlocksCostFivePagesAndOneRead() throws Exception {
    for (int i = BLOCKS; i < 5000; i++) {
      BlockMeta m = PublishedMetas.meta(i % 180, i / 180, 12);
      PublishedMetas.put(m, bucket);
      metas.add(m);
    }
    writeCatalog(metas);

    assertEquals(5000, start(counting).blocks().size());
    assertEquals(5, counting.count(Operation.LIST));
    assertEquals(1, counting.gets());
  }

  @Test
  void laterRefreshesReadOnlyNewMetas() throws Exception {
    BlockCatalog catalog = new BlockCatalog(counting);
    catalog.refresh();
    counting.reset();
    bucket.delete(BlockNames.meta(metas.removeFirst().ulid()));
    metas.add(put(BLOCKS));

    catalog.refresh();

    assertEquals(metas, catalog.snapshot().blocks());
    assertEquals(1, counting.count(Operation.LIST));
    assertEquals(1, counting.gets());
  }

  @Test
  void withoutACatalogEveryMetaIsRead() throws Exception {
    bucket.delete(BlockNames.CATALOG);

    assertStartReads(BLOCKS, counting);
  }

  @Test
  void aStaleCatalogFileHidesNoNewBlockAndShowsNoDeletedOne() throws Exception {
    put(BLOCKS);
    put(5, metas.get(5).ulid());
    PublishedMetas.put(metas.get(7), bucket);
    bucket.delete(BlockNames.meta(metas.get(9).ulid()));
    bucket.put(BlockNames.deletionMark(metas.get(11).ulid()), ByteBuffer.allocate(0));

    assertStartReads(3, counting);
  }

  @Test
  void aMetaThatWasPublishedAgainIsReadFromItsOwnObject() throws Exception {
    BlockMeta old = metas.getFirst();
    BlockMeta republished = PublishedMetas.republished(old);
    PublishedMetas.put(republished, bucket);

    assertEquals(republished, start(counting).blocks().getFirst());
    assertEquals(1 + 1, counting.gets());
  }

  @Test
  void aBlockOfTheCatalogFileThatIsNotListedIsHidden() throws Exception {
    for (BlockMeta m : metas) {
      bucket.delete(BlockNames.meta(m.ulid()));
    }

    assertEquals(CatalogSnapshot.EMPTY, start(bucket));
  }

  @Test
  void aDamagedCatalogFileIsIgnored() throws Exception {
    byte[] sound = readCatalog();
    byte[] flipped = sound.clone();
    flipped[sound.length / 2] ^= 4;
    String text = new String(sound, StandardCharsets.UTF_8);
    List<byte[]> damaged =
        List.of(
            flipped,
            Arrays.copyOf(sound, sound.length / 2),
            text.replaceFirst("\"version\": 1", "\"version\": 2").getBytes(StandardCharsets.UTF_8),
            "{}".getBytes(StandardCharsets.UTF_8),
            new byte[0]);
    for (byte[] d : damaged) {
      writeCatalog(d);
      assertStartReads(BLOCKS, counting);
    }
  }

  @Test
  void aCatalogFileBeyondTheLimitIsIgnored() throws Exception {
    ForwardingObjectStore strict =
        new ForwardingObjectStore(counting) {
          @Override
          public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
            return super.readAll(key, key.equals(BlockNames.CATALOG) ? 100 : maxBytes);
          }
        };

    assertStartReads(BLOCKS, strict);
  }

  @Test
  void metasAreReadIfTheCatalogFileCannotBeRead() throws Exception {
    ForwardingObjectStore failing =
        new ForwardingObjectStore(counting) {
          @Override
          public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
            ByteBuffer bytes = super.readAll(key, maxBytes);
            if (key.equals(BlockNames.CATALOG)) {
              throw new ObjectStoreException.Unavailable("status 503", null);
            }
            return bytes;
          }
        };

    assertStartReads(BLOCKS, failing);
  }

  @Test
  void withoutEtagsEveryMetaIsRead() throws Exception {
    ForwardingObjectStore untagged =
        new ForwardingObjectStore(counting) {
          @Override
          public Page<ObjectEntry> listPage(String prefix, String token)
              throws ObjectStoreException {
            return super.listPage(prefix, token)
                .map(e ->
                    new ObjectEntry(
                        new ObjectVersion(e.key(), e.version().size(), ""), e.lastModified()));
          }
        };
    List<Catalog.Entry> entries =
        CatalogJson.read(readCatalog()).entries().stream()
            .map(e ->
                new Catalog.Entry(
                    new ObjectVersion(e.version().key(), e.version().size(), ""), e.meta()))
            .toList();
    writeCatalog(CatalogJson.write(new Catalog(0, entries)));

    assertStartReads(BLOCKS, untagged);
  }
}
