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
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.FaultyObjectStore.Fault;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
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

/// Layouts are read once however many queries want them, and never past the gate.
class ShardMetadataReaderTest {
  @TempDir Path directory;

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final CountingObjectStore store = new CountingObjectStore(faulty);
  private final FetchMetrics metrics = new GatewayMetrics().fetch();
  private final ReadScheduler gate = new ReadScheduler(new ReadScheduler.ReadLimits(1, 0));
  private final ShardMetadataCache known = new ShardMetadataCache(1 << 20);
  private final ShardMetadataReader layouts =
      new ShardMetadataReader(
          known,
          new PageCache(new MemoryPages(0, metrics), Optional.empty(), metrics),
          new ScheduledReads(store, gate, known::invalidate),
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

  /// A query that opens the shard, on a thread of its own.
  private final class Query {
    final QueryBudget budget = new QueryBudget(FetchLimits.DEFAULT);
    final CompletableFuture<Optional<ShardMetadata>> answer = new CompletableFuture<>();
    final Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                answer.complete(layouts.shard(ULID, shard, budget));
              } catch (Exception e) {
                answer.completeExceptionally(e);
              }
            });

    Throwable failure() {
      return assertThrows(CompletionException.class, answer::join).getCause();
    }
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain");
      Thread.yield();
    }
  }

  private List<Query> waiting(int count) {
    List<Query> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(new Query());
    }
    until(() -> metrics.coalescedRanges() >= count - 1);
    return out;
  }

  @Test
  void aManifestThatManyWantIsReadAndDecodedOnce() {
    faulty.next(Fault.STALL);
    List<Query> queries = waiting(50);
    faulty.release();

    ShardMetadata first = queries.getFirst().answer.join().orElseThrow();
    for (Query q : queries) {
      assertSame(first, q.answer.join().orElseThrow());
    }
    assertEquals(1, store.gets());
    assertEquals(1, queries.stream().mapToLong(q -> q.budget.used().reads()).sum());
    assertEquals(
        49 * shard.manifest().orElseThrow().size(),
        queries.stream().mapToLong(q -> q.budget.used().coalesced().bytes()).sum());
  }

  @Test
  void underRacesAManifestIsReadOnce() {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      queries.add(new Query());
    }
    queries.forEach(q -> assertTrue(q.answer.join().isPresent()));
    assertEquals(1, store.gets());
    until(() -> gate.running() == 0);
  }

  @Test
  void layoutsPassTheGateInTheLineOfTheirQuery() throws Exception {
    gate.acquire("another", 1);
    Query manifest = new Query();
    until(() -> gate.waiting() == 1);
    assertEquals(0, store.gets());

    gate.release("another");
    assertTrue(manifest.answer.join().isPresent());
    gate.acquire("another", 1);
    CompletableFuture<BlockFile> footer = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        footer.complete(layouts.file(ULID, shard.labels(), manifest.budget));
      } catch (Exception e) {
        footer.completeExceptionally(e);
      }
    });
    until(() -> gate.waiting() == 1);
    assertEquals(0, store.count(CountingObjectStore.Operation.READ_TAIL));
    gate.release("another");
    assertEquals(shard.rows(), footer.join().metadata().rows());
    until(() -> gate.running() == 0);
  }

  @Test
  void whoGivesUpFailsNobodyElse() {
    faulty.next(Fault.STALL);
    Query starter = new Query();
    until(() -> store.gets() == 1);
    Query follower = new Query();
    until(() -> metrics.coalescedRanges() == 1);

    starter.thread.interrupt();
    assertInstanceOf(InterruptedException.class, starter.failure());
    faulty.release();

    assertTrue(follower.answer.join().isPresent());
    assertEquals(1, store.gets());
  }

  @Test
  void aFailureIsSharedByThoseWhoWaitedAndTheNextQueryTriesAnew() throws Exception {
    gate.acquire("another", 1);
    faulty.next(Fault.UNAVAILABLE);
    List<Query> queries = waiting(3);
    gate.release("another");

    for (Query q : queries) {
      assertInstanceOf(ObjectStoreException.Unavailable.class, q.failure());
    }
    assertTrue(new Query().answer.join().isPresent());
    assertEquals(2, store.gets());
  }

  @Test
  void aReadThatEverybodyLeftIsEnded() {
    faulty.next(Fault.STALL);
    Query alone = new Query();
    until(() -> store.gets() == 1);

    alone.thread.interrupt();

    assertInstanceOf(InterruptedException.class, alone.failure());
    until(() -> gate.running() == 0);
    assertTrue(new Query().answer.join().isPresent());
  }

  @Test
  void aShardWhoseManifestIsGoneIsReadByItsFooters() throws Exception {
    memory.delete(BlockNames.directory(ULID).resolve(BlockNames.manifest(0)));
    assertEquals(Optional.empty(), new Query().answer.join());
    assertEquals(
        shard.rows(),
        layouts.file(ULID, shard.chunks(), new QueryBudget(FetchLimits.DEFAULT)).metadata().rows());
  }
}
