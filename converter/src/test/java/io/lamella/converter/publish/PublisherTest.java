package io.lamella.converter.publish;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.CountingObjectStore.Operation;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block is published whole or not at all, whatever fails and whenever.
class PublisherTest {
  @TempDir Path directory;

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(bucket);
  private final CountingObjectStore counting = new CountingObjectStore(faulty);
  private BlockMeta meta = SampleMetas.meta(0);

  @BeforeEach
  void write() throws Exception {
    byte[] manifest = file(BlockNames.manifest(0), 300);
    meta =
        SampleMetas.meta(0)
            .withShards(
                BlockNames.inDigestDirectory(
                    List.of(
                        new BlockMeta.Shard(
                            3,
                            1,
                            List.of("", ""),
                            List.of("", ""),
                            parquet(BlockNames.labelsFile(0)),
                            parquet(BlockNames.chunksFile(0)),
                            BlockMeta.Manifest.of(BlockNames.manifest(0), manifest)))));
  }

  private byte[] file(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(name.hashCode()).nextBytes(bytes);
    Files.write(directory.resolve(name), bytes);
    return bytes;
  }

  private BlockMeta.File parquet(String name) throws Exception {
    byte[] bytes = file(name, 5000);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return new BlockMeta.File(name, 5000, 4000, 7, HexFormat.of().formatHex(digest));
  }

  private Publisher.PublishOutcome publish(ObjectStore store) throws IOException {
    return new Publisher(store).publish(meta, directory);
  }

  /// Checks that readers see nothing, or the meta and every file that it names.
  private void assertWholeOrNothing(boolean whole, String where) throws Exception {
    PublishedBlocks seen = new PublishedBucket(bucket, PublishedBucket.Scope.ALL).refresh();
    assertEquals(List.of(), seen.broken(), where);
    assertEquals(whole ? List.of(meta) : List.of(), seen.visible(), where);
    if (whole) {
      BlockMeta.Shard shard = meta.shards().getFirst();
      for (String name :
          List.of(shard.labels().name(), shard.chunks().name(), shard.manifest().name())) {
        assertArrayEquals(
            Files.readAllBytes(directory.resolve(BlockNames.fileName(name))),
            bucket.readAll(BlockNames.directory(meta.ulid()).resolve(name), 1 << 20).array(),
            where);
      }
    }
  }

  /// Requests of one publication.
  private int requests() throws IOException {
    counting.reset();
    publish(counting);
    int total = 0;
    for (Operation o : Operation.values()) {
      total += counting.count(o);
    }
    bucket.delete(BlockNames.meta(meta.ulid()));
    return total;
  }

  @Test
  void theMetaIsWrittenLastAndOnce() throws Exception {
    assertEquals(Publisher.PublishOutcome.DONE, publish(counting));

    assertWholeOrNothing(true, "");
    assertEquals(3, counting.count(Operation.PUT));
    assertEquals(1, counting.count(Operation.PUT_IF_ABSENT));
    assertEquals(3, counting.gets(), "each file is read back");
  }

  @Test
  void anExistingBlockIsNotChanged() throws Exception {
    publish(bucket);
    counting.reset();

    assertEquals(Publisher.PublishOutcome.LOST_TO_ANOTHER_WRITER, publish(counting));

    assertEquals(0, counting.count(Operation.PUT));
    assertEquals(1, counting.count(Operation.HEAD));
  }

  @Test
  void afterAFailureAtAnyRequestNothingIsVisibleAndTheNextRunPublishes() throws Exception {
    int requests = requests();
    for (Fault fault : List.of(Fault.UNAVAILABLE, Fault.SHORT_BODY, Fault.CHANGED)) {
      for (int failing = 0; failing < requests; failing++) {
        String where = fault + " at request " + failing;
        faulty.next(Collections.nCopies(failing, Fault.NONE).toArray(Fault[]::new));
        faulty.next(fault);

        assertThrows(IOException.class, () -> publish(faulty), where);
        assertWholeOrNothing(false, where);

        assertEquals(Publisher.PublishOutcome.DONE, publish(faulty), where);
        assertWholeOrNothing(true, where);
        bucket.delete(BlockNames.meta(meta.ulid()));
      }
    }
  }

  @Test
  void afterALostResponseNothingOrTheWholeBlockIsVisible() throws Exception {
    int requests = requests();
    for (int lost = 0; lost < requests; lost++) {
      String where = "request " + lost;
      faulty.next(Collections.nCopies(lost, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.LOST_RESPONSE);
      boolean last = lost == requests - 1;
      if (last) {
        // The meta was stored: reading back finds it.
        assertEquals(Publisher.PublishOutcome.DONE, publish(faulty), where);
      } else {
        assertThrows(IOException.class, () -> publish(faulty), where);
      }
      assertWholeOrNothing(last, where);
      bucket.delete(BlockNames.meta(meta.ulid()));
    }
  }

  /// A store whose conditional put is lost before it takes effect, and where another writer may
  /// have been first.
  private ObjectStore losing(Optional<byte[]> other) {
    return new ForwardingObjectStore(bucket) {
      @Override
      public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
        other.ifPresent(o -> bucket.put(key, ByteBuffer.wrap(o)));
        throw new ObjectStoreException.Unknown("the response was lost", null);
      }
    };
  }

  @Test
  void anUnknownOutcomeIsResolvedByReadingBack() throws Exception {
    assertThrows(IOException.class, () -> publish(losing(Optional.empty())));
    assertWholeOrNothing(false, "nobody wrote");

    byte[] other = BlockMetaJson.write(SampleMetas.meta(0));
    assertEquals(
        Publisher.PublishOutcome.LOST_TO_ANOTHER_WRITER, publish(losing(Optional.of(other))));
  }

  @Test
  void whereAnotherWriterIsFirstItsBlockStays() throws Exception {
    ForwardingObjectStore racing =
        new ForwardingObjectStore(bucket) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes)
              throws ObjectStoreException {
            bucket.put(key, bytes.duplicate());
            return super.putIfAbsent(key, bytes);
          }
        };

    assertEquals(Publisher.PublishOutcome.LOST_TO_ANOTHER_WRITER, publish(racing));
    assertWholeOrNothing(true, "the other writer's block is the same");
  }

  @Test
  void aBitFlippedDuringUploadIsDetectedByReadingBack() throws Exception {
    // HEAD, then put and read back of each file.
    for (int file = 0; file < 3; file++) {
      faulty.next(Collections.nCopies(2 + 2 * file, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.FLIPPED_BIT);

      IOException e = assertThrows(IOException.class, () -> publish(faulty));

      assertTrue(String.valueOf(e.getMessage()).contains("read back"), e.getMessage());
      assertWholeOrNothing(false, "file " + file);
    }
  }

  @Test
  void unfinishedUploadsAreRemovedOnceAllTheirObjectsAreOld() throws Exception {
    faulty.next(Collections.nCopies(4, Fault.NONE).toArray(Fault[]::new));
    faulty.next(Fault.UNAVAILABLE);
    assertThrows(IOException.class, () -> publish(faulty));
    PublishedBlocks seen = new PublishedBucket(bucket, PublishedBucket.Scope.ALL).refresh();
    assertEquals(1, seen.unfinished().size());
    UnfinishedUploads uploads = new UnfinishedUploads(bucket);
    Instant now = Instant.now();

    assertEquals(0, uploads.remove(seen.unfinished(), Duration.ofHours(2), now));
    assertEquals(2, uploads.remove(seen.unfinished(), Duration.ofHours(2), now.plusSeconds(7300)));

    try (Stream<ObjectEntry> all = bucket.list("")) {
      assertEquals(0, all.count());
    }
  }
}
