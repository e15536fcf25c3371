package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.read.PublishedBucket.Patience;
import io.lamella.storage.block.read.PublishedBucket.Scope;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Objects that a store begins to deliver and does not end.
@Timeout(30)
class LateMetasTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(10);

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final Set<ObjectKey> late = ConcurrentHashMap.newKeySet();
  private final CountDownLatch delivered = new CountDownLatch(1);
  private final ForwardingObjectStore store =
      new ForwardingObjectStore(bucket) {
        @Override
        public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
          try {
            if (late.contains(key)) {
              delivered.await();
            }
          } catch (InterruptedException e) {
            throw new ObjectStoreException.Unavailable("interrupted", e);
          }
          return super.readAll(key, maxBytes);
        }
      };

  private PublishedBucket reader(Scope scope, Patience patience) {
    return new PublishedBucket(store, scope, (block, _) -> MetaRead.of(block, store), patience);
  }

  private BlockMeta publish(int day) {
    BlockMeta meta = SampleMetas.meta(day).forReaders();
    bucket.put(BlockNames.meta(meta.ulid()), ByteBuffer.wrap(BlockMetaJson.write(meta)));
    return meta;
  }

  private BlockMeta publishLate(int day) {
    BlockMeta meta = publish(day);
    late.add(BlockNames.meta(meta.ulid()));
    return meta;
  }

  @Test
  void oneLateMetaHoldsUpNoOtherBlock() throws Exception {
    List<BlockMeta> others = List.of(publish(0), publish(1));
    BlockMeta bad = publishLate(2);
    PublishedBucket reader = reader(Scope.UNMARKED, new Patience(LONG, SHORT));

    PublishedBlocks seen = reader.refresh();

    assertEquals(others, seen.visible());
    assertEquals(
        "cannot read block meta: object "
            + BlockNames.meta(bad.ulid())
            + " had not arrived some time after the others",
        seen.broken().getFirst().reason());
    delivered.countDown();
    assertEquals(3, reader.refresh().visible().size());
  }

  @Test
  void aMetaThatIsLateOnceInALaterRefreshFailsTheRefresh() throws Exception {
    List<BlockMeta> others = List.of(publish(0), publish(1));
    PublishedBucket reader = reader(Scope.UNMARKED, new Patience(LONG, SHORT));
    reader.refresh();
    publish(2);
    publish(3);
    publishLate(4);

    assertThrows(IOException.class, reader::refresh);
    delivered.countDown();
    assertEquals(others.size() + 3, reader.refresh().visible().size());
  }

  @Test
  void aLateCatalogIsNotWaitedFor() throws Exception {
    BlockMeta block = publish(0);
    late.add(BlockNames.CATALOG);

    PublishedBlocks seen = reader(Scope.UNMARKED, new Patience(SHORT, LONG)).refresh();

    assertEquals(List.of(block), seen.visible());
  }

  /// Metas that are read once the refresh waits without a limit.
  private void assertWaits(Scope scope, List<BlockMeta> all) throws Exception {
    FutureTask<PublishedBlocks> refresh =
        new FutureTask<>(() -> reader(scope, new Patience(LONG, Duration.ofNanos(1))).refresh());
    Thread thread = Thread.ofPlatform().start(refresh);
    while (thread.getState() != Thread.State.WAITING && !refresh.isDone()) {
      Thread.onSpinWait();
    }
    delivered.countDown();

    assertEquals(all, refresh.get().visible());
  }

  @Test
  void whereHalfOfTheMetasAreLateAllAreWaitedFor() throws Exception {
    assertWaits(Scope.UNMARKED, List.of(publish(0), publishLate(1)));
  }

  @Test
  void writersWaitForEveryMeta() throws Exception {
    assertWaits(Scope.ALL, List.of(publish(0), publish(1), publish(2), publishLate(3)));
  }
}
