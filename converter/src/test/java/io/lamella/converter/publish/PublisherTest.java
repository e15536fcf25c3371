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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
  void write() throws IOException {
    meta = TestFiles.write(SampleMetas.meta(0), directory, 1);
  }

  private Publisher.PublishOutcome publish(ObjectStore store)
      throws IOException, InterruptedException {
    return new Publisher(store).publish(meta, directory, 2);
  }

  /// Checks that readers see nothing, or the meta and every file that it names.
  private void assertWholeOrNothing(boolean whole, String where) throws Exception {
    PublishedBlocks seen = new PublishedBucket(bucket, PublishedBucket.Scope.ALL).refresh();
    assertEquals(List.of(), seen.broken(), where);
    assertEquals(whole ? List.of(meta) : List.of(), seen.visible(), where);
    if (whole) {
      for (ObjectKey key : TestFiles.keys(meta)) {
        assertArrayEquals(
            Files.readAllBytes(directory.resolve(key.lastSegment())),
            bucket.readAll(key, 1 << 20).array(),
            where);
      }
    }
  }

  /// Requests of one publication.
  private int requests() throws Exception {
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
    assertEquals(4, counting.count(Operation.PUT_IF_ABSENT), "three files, then the meta");
    assertEquals(2, counting.count(Operation.PUT), "the lease, and once more before the meta");
    assertEquals(3, counting.gets(), "each file is read back");
    assertEquals(7, counting.count(Operation.HEAD), "the meta, and each file twice");
    assertEquals(1, counting.count(Operation.DELETE), "the lease");
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

        attempt(where);
        assertWholeOrNothing(bucket.head(BlockNames.meta(meta.ulid())).isPresent(), where);
        bucket.delete(BlockNames.meta(meta.ulid()));

        assertEquals(Publisher.PublishOutcome.DONE, publish(faulty), where);
        assertWholeOrNothing(true, where);
        bucket.delete(BlockNames.meta(meta.ulid()));
      }
    }
  }

  /// Publishes through the faulty store; it fails, or tolerates the fault.
  private void attempt(String where) throws InterruptedException {
    try {
      assertEquals(Publisher.PublishOutcome.DONE, publish(faulty), where);
    } catch (IOException e) {
      // The next run publishes.
    }
  }

  @Test
  void afterALostResponseNothingOrTheWholeBlockIsVisible() throws Exception {
    int requests = requests();
    for (int lost = 0; lost < requests; lost++) {
      String where = "request " + lost;
      faulty.next(Collections.nCopies(lost, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.LOST_RESPONSE);
      attempt(where);
      boolean whole = bucket.head(BlockNames.meta(meta.ulid())).isPresent();
      assertWholeOrNothing(whole, where);
      publish(bucket);
      assertWholeOrNothing(true, where);
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
    // The meta, the lease and its listing; then put, HEAD and read back of each file, one after
    // the other.
    for (int file = 0; file < 3; file++) {
      faulty.next(Collections.nCopies(5 + 3 * file, Fault.NONE).toArray(Fault[]::new));
      faulty.next(Fault.FLIPPED_BIT);

      IOException e =
          assertThrows(IOException.class, () -> new Publisher(faulty).publish(meta, directory, 1));

      assertTrue(String.valueOf(e.getMessage()).contains("read back"), e.getMessage());
      assertWholeOrNothing(false, "file " + file);
    }
  }

  @Test
  void otherBytesOfTheSameInputsDoNotTouchAPublishedBlock(@TempDir Path other) throws Exception {
    publish(bucket);
    BlockMeta different = TestFiles.write(SampleMetas.meta(0), other, 2);
    bucket.putIfAbsent(TestFiles.keys(different).getFirst(), ByteBuffer.wrap(new byte[] {1}));

    assertEquals(
        Publisher.PublishOutcome.LOST_TO_ANOTHER_WRITER,
        new Publisher(bucket).publish(different, other, 2));

    assertWholeOrNothing(true, "the first block");
  }

  @Test
  void aFileThatVanishesBeforeTheMetaIsNoticed() throws Exception {
    ForwardingObjectStore forgetful =
        new ForwardingObjectStore(bucket) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
            PutOutcome outcome = super.putIfAbsent(key, file);
            if (key.lastSegment().equals(BlockNames.manifest(0))) {
              bucket.delete(TestFiles.keys(meta).getFirst());
            }
            return outcome;
          }
        };

    assertThrows(IOException.class, () -> publish(forgetful));

    assertWholeOrNothing(false, "");
  }

  @Test
  void aStoreThatReplacesExistingObjectsIsRefused() throws Exception {
    PutIfAbsentProbe.require(bucket);
    ForwardingObjectStore replacing =
        new ForwardingObjectStore(bucket) {
          @Override
          public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) {
            bucket.put(key, bytes);
            return PutOutcome.STORED;
          }
        };

    IOException e = assertThrows(IOException.class, () -> PutIfAbsentProbe.require(replacing));

    assertTrue(String.valueOf(e.getMessage()).contains("If-None-Match"), e.getMessage());
    try (Stream<ObjectEntry> all = bucket.list("")) {
      assertEquals(0, all.count());
    }
  }
}
