package io.lamella.gateway.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.storage.block.BlockManifest;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.ValueStatistics;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShardMetadataReaderTest {
  private static final int LARGE = 2 * (int) MetadataMemory.SMALL_BYTES;
  private static final String DIGEST = "0".repeat(64);

  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FetchMetrics metrics = new FetchMetrics(new PrometheusRegistry());
  private final CompletableFuture<Boolean> anyDecoded = new CompletableFuture<>();
  private final ThirdReadWaits store = new ThirdReadWaits();
  private final ShardMetadataReader reader =
      new ShardMetadataReader(
          new ShardMetadataCache(0),
          new PageCache(new MemoryPages(0, metrics), Optional.empty(), metrics),
          new ScheduledReads(store, new ReadScheduler(new ReadScheduler.ReadLimits(8, 0)), _ -> {}),
          metrics,
          new MetadataMemory(LARGE));

  /// A store whose third read ends only when a manifest was decoded.
  private final class ThirdReadWaits extends ForwardingObjectStore {
    private final AtomicInteger reads = new AtomicInteger();
    private final CompletableFuture<Boolean> allCalled = new CompletableFuture<>();

    ThirdReadWaits() {
      super(memory);
    }

    @Override
    public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
      try {
        allCalled.get();
        if (reads.incrementAndGet() == 3) {
          anyDecoded.get(20, TimeUnit.SECONDS);
        }
      } catch (TimeoutException e) {
        throw new ObjectStoreException.Refused("three manifests were read, none was decoded", e);
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      }
      return super.read(object, range);
    }
  }

  /// A large manifest with a body that is as large, which is not one of a block.
  private BlockMeta.Shard put(Ulid block) {
    byte[] bytes = new byte[LARGE];
    bytes[0] = 'L';
    bytes[1] = 'M';
    bytes[2] = 'M';
    bytes[3] = 1;
    bytes[6] = LARGE >> 16;
    BlockMeta.Manifest manifest = BlockMeta.Manifest.of("0.manifest", bytes);
    memory.put(BlockNames.directory(block).resolve("0.manifest"), ByteBuffer.wrap(bytes));
    BlockMeta.File file = new BlockMeta.File("0.labels.parquet", 100, 50, 0, DIGEST);
    return new BlockMeta.Shard(1, 1, List.of(), List.of(), file, file, manifest);
  }

  @Test
  void aLargeManifestIsReadWhenTheOneBeforeIsDecoded() throws Exception {
    List<Future<?>> calls = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 1; i <= 6; i++) {
        Ulid block = new Ulid(i, i);
        BlockMeta.Shard shard = put(block);
        calls.add(
            threads.submit(() -> {
              CorruptBlockException e =
                  assertThrows(
                      CorruptBlockException.class,
                      () ->
                          reader.shard(
                              BlockObjects.unlisted(block), shard, QueryBudget.prefetch()));
              anyDecoded.complete(true);
              assertEquals(
                  "cannot read manifest: Unknown frame descriptor [object=blocks/"
                      + block
                      + "/0.manifest]; convert this block again",
                  e.getMessage());
            }));
      }
      store.allCalled.complete(true);
    }
    for (Future<?> call : calls) {
      call.get();
    }
  }

  /// A manifest of one run in so many data columns that its directory takes the memory of many.
  @Test
  void aSmallManifestWithALargeDirectoryIsRefusedBeforeItIsDecoded() {
    int columns = 1 << 16;
    BlockMeta.File file = new BlockMeta.File("0.labels.parquet", 100, 50, 0, DIGEST);
    ValueStatistics[] none = new ValueStatistics[columns];
    Arrays.fill(none, new ValueStatistics());
    RunDirectory.RunsBuilder runs = new RunDirectory.RunsBuilder(List.of("a"), columns);
    runs.add(List.of("1"), 1, none);
    byte[] object = new BlockManifest(new byte[0], new byte[0], runs.build()).encode(file, file);
    BlockMeta.Manifest manifest = BlockMeta.Manifest.of("0.manifest", object);
    Ulid block = new Ulid(1, 1);
    memory.put(BlockNames.directory(block).resolve("0.manifest"), ByteBuffer.wrap(object));
    store.allCalled.complete(true);

    CorruptBlockException e =
        assertThrows(
            CorruptBlockException.class,
            () ->
                reader.shard(
                    BlockObjects.unlisted(block),
                    new BlockMeta.Shard(1, 1, List.of(), List.of(), file, file, manifest),
                    QueryBudget.prefetch()));

    assertTrue(object.length < 1000, object.length + " bytes");
    assertEquals(
        "cannot read metadata: it takes 11599946 bytes, at most 4194304 with this heap"
            + " [object=blocks/"
            + block
            + "/0.manifest]; give the process more memory, or convert this block again",
        e.getMessage());
  }
}
