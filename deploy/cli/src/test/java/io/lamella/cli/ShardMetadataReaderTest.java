package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.ULID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.cache.ShardMetadataCache.ShardMetadata;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Shard metadata is read once for all queries that need it at the same time, and each read takes a
/// permit of the read scheduler.
class ShardMetadataReaderTest {
  private static final BlockObjects UNLISTED = BlockObjects.unlisted(ULID);

  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore store = new CountingObjectStore(faulty);
  private final FetchMetrics metrics = new GatewayMetrics().fetch();
  private final ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(1, 0));
  private final ShardMetadataCache cache = new ShardMetadataCache(1 << 20);
  private final ShardMetadataReader reader =
      new ShardMetadataReader(
          cache,
          new PageCache(new MemoryPages(0, metrics), Optional.empty(), metrics),
          new ScheduledReads(store, scheduler, cache::invalidate),
          metrics);
  private BlockMeta.Shard shard;

  @BeforeEach
  void write() throws Exception {
    shard =
        new HandMadeBlock()
            .add("errors", "1", DAY, DAY + 60_000)
            .write(directory, memory)
            .shards()
            .getFirst();
  }

  /// A query that reads the metadata of the shard on its own virtual thread.
  private final class Query {
    final QueryBudget budget = new QueryBudget(FetchLimits.DEFAULT);
    final CompletableFuture<Optional<ShardMetadata>> metadata = new CompletableFuture<>();
    final Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                metadata.complete(reader.shard(UNLISTED, shard, budget));
              } catch (Exception e) {
                metadata.completeExceptionally(e);
              }
            });

    Throwable failure() {
      return assertThrows(CompletionException.class, metadata::join).getCause();
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "the condition did not become true in time");
      Thread.yield();
    }
  }

  /// Starts queries for the same shard, and returns when all but the first wait for its read.
  private List<Query> startCoalesced(int count) {
    List<Query> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(new Query());
    }
    await(() -> metrics.coalescedRanges() >= count - 1);
    return out;
  }

  @Test
  void manyQueriesForOneManifestReadAndDecodeItOnce() {
    faulty.next(Fault.STALL);
    List<Query> queries = startCoalesced(50);
    faulty.release();

    ShardMetadata first = queries.getFirst().metadata.join().orElseThrow();
    for (Query q : queries) {
      assertSame(first, q.metadata.join().orElseThrow());
    }
    assertEquals(1, store.gets());
    assertEquals(1, queries.stream().mapToLong(q -> q.budget.used().reads()).sum());
    assertEquals(
        49 * shard.manifest().size(),
        queries.stream().mapToLong(q -> q.budget.used().coalesced().bytes()).sum());
  }

  @Test
  void racingQueriesReadAManifestOnce() {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      queries.add(new Query());
    }
    queries.forEach(q -> assertTrue(q.metadata.join().isPresent()));
    assertEquals(1, store.gets());
    await(() -> scheduler.running() == 0);
  }

  @Test
  void metadataReadsWaitForAPermitOfTheScheduler() throws Exception {
    scheduler.acquire("another query", 1);
    Query manifest = new Query();
    await(() -> scheduler.waiting() == 1);
    assertEquals(0, store.gets());

    scheduler.release("another query");
    assertTrue(manifest.metadata.join().isPresent());
    scheduler.acquire("another query", 1);
    CompletableFuture<BlockFile> footer = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        footer.complete(reader.file(UNLISTED, shard.labels(), manifest.budget));
      } catch (Exception e) {
        footer.completeExceptionally(e);
      }
    });
    await(() -> scheduler.waiting() == 1);
    assertEquals(0, store.count(CountingObjectStore.Operation.READ_TAIL));
    scheduler.release("another query");
    assertEquals(shard.rows(), footer.join().metadata().rows());
    await(() -> scheduler.running() == 0);
  }

  @Test
  void aCancelledQueryDoesNotFailTheQueriesThatShareItsRead() {
    faulty.next(Fault.STALL);
    Query starter = new Query();
    await(() -> store.gets() == 1);
    Query follower = new Query();
    await(() -> metrics.coalescedRanges() == 1);

    starter.thread.interrupt();
    assertInstanceOf(InterruptedException.class, starter.failure());
    faulty.release();

    assertTrue(follower.metadata.join().isPresent());
    assertEquals(1, store.gets());
  }

  @Test
  void aFailureReachesAllWaitingQueriesAndTheNextQueryReadsAgain() throws Exception {
    scheduler.acquire("another query", 1);
    faulty.next(Fault.UNAVAILABLE);
    List<Query> queries = startCoalesced(3);
    scheduler.release("another query");

    for (Query q : queries) {
      assertInstanceOf(ObjectStoreException.Unavailable.class, q.failure());
    }
    assertTrue(new Query().metadata.join().isPresent());
    assertEquals(2, store.gets());
  }

  @Test
  void aReadIsCancelledWhenNoQueryWaitsForIt() {
    faulty.next(Fault.STALL);
    Query only = new Query();
    await(() -> store.gets() == 1);

    only.thread.interrupt();

    assertInstanceOf(InterruptedException.class, only.failure());
    await(() -> scheduler.running() == 0);
    assertTrue(new Query().metadata.join().isPresent());
  }

  @Test
  void aShardWithoutItsManifestIsReadFromItsFooters() throws Exception {
    memory.delete(BlockNames.directory(ULID).resolve(shard.manifest().name()));
    assertEquals(Optional.empty(), new Query().metadata.join());
    assertEquals(
        shard.rows(),
        reader
            .file(UNLISTED, shard.chunks(), new QueryBudget(FetchLimits.DEFAULT))
            .metadata()
            .rows());
  }

  @Test
  void aManifestThatWouldTakeMoreMemoryThanThereIsIsRefused() {
    byte[] bytes = new byte[512 << 10];
    // The body is a gigabyte long, little endian.
    System.arraycopy(new byte[] {'L', 'M', 'M', 1, 0, 0, 0, 0x40}, 0, bytes, 0, 8);
    BlockMeta.Manifest large = BlockMeta.Manifest.of("large.manifest", bytes);
    memory.put(BlockNames.directory(ULID).resolve(large.name()), ByteBuffer.wrap(bytes));
    shard =
        new BlockMeta.Shard(
            shard.rows(),
            shard.rowGroups(),
            shard.firstKey(),
            shard.lastKey(),
            shard.labels(),
            shard.chunks(),
            large);

    String message = String.valueOf(new Query().failure().getMessage());

    assertTrue(
        message.startsWith("cannot read metadata: it takes 1073741824 bytes, at most "), message);
  }
}
