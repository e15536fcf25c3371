package io.lamella.converter.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that no meta names are removed when they are old by the store's time.
class DebrisCleanerTest {
  private static final Duration DELAY = Duration.ofHours(2);

  @TempDir Path directory;

  /// The store's time, a year before that of this machine.
  private Instant now = Instant.now().minus(Duration.ofDays(365));

  private final MemoryObjectStore bucket = new MemoryObjectStore(() -> now);
  private BlockMeta meta = SampleMetas.meta(0);

  @BeforeEach
  void write() throws IOException {
    meta = TestFiles.write(SampleMetas.meta(0), directory, 1);
  }

  private ObjectKey upload(String directory) {
    ObjectKey key = BlockNames.directory(meta.ulid()).resolve(directory + "/0.labels.parquet");
    bucket.put(key, ByteBuffer.wrap(new byte[] {1}));
    return key;
  }

  private int clean() throws IOException {
    return new DebrisCleaner(bucket, DELAY).clean();
  }

  private List<ObjectKey> objects() throws IOException {
    try (Stream<ObjectEntry> all = bucket.list("")) {
      return all.map(ObjectEntry::key).toList();
    }
  }

  @Test
  void unfinishedUploadsAreRemovedOnceTheyAreOld() throws Exception {
    upload("0123456789abcdef");
    now = now.plus(DELAY);
    assertEquals(0, clean());

    now = now.plusMillis(1);
    assertEquals(1, clean());

    assertEquals(List.of(), objects());
  }

  @Test
  void whatAMetaNamesStaysAndFilesOfABeatenWriterGo() throws Exception {
    ObjectKey beaten = upload("0123456789abcdef");
    new Publisher(bucket).publish(meta, directory, 1);
    List<ObjectKey> before = objects();
    assertTrue(before.contains(beaten));

    now = now.plus(Duration.ofDays(1));
    assertEquals(1, clean());

    assertEquals(before.stream().filter(k -> !k.equals(beaten)).toList(), objects());
  }

  @Test
  void nothingIsRemovedUnderALiveLease() throws Exception {
    upload("0123456789abcdef");
    now = now.plus(Duration.ofDays(1));
    BlockLease lease =
        BlockLease.take(bucket, LeaseTime.system(), meta.ulid(), BlockLease.Role.WRITER, "a");
    assertEquals(0, clean());

    // The writer was killed: nobody renews its lease.
    lease.keep();
    lease.close();
    now = now.plus(BlockLease.EXPIRY).plusSeconds(1);
    assertEquals(1, clean());
    assertEquals(List.of(), objects());
  }

  @Test
  void aBlockWithAnUnreadableMetaIsLeftAlone() throws Exception {
    upload("0123456789abcdef");
    upload("fedcba9876543210");
    bucket.put(BlockNames.meta(meta.ulid()), ByteBuffer.wrap(new byte[] {'x'}));
    now = now.plus(Duration.ofDays(1));

    assertEquals(0, clean());

    assertEquals(3, objects().size());
  }
}
