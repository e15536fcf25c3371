package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.cache.MemoryPages;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.ShardMetadataCache;
import io.lamella.gateway.fetch.ReadScheduler;
import io.lamella.gateway.fetch.ScheduledReads;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.read.ShardMetadataReader;
import io.lamella.storage.block.BlockFiles;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.object.CountingObjectStore;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Memory for manifests is bounded, however many blocks are queried.
class ManyManifestsTest {
  private static final int BLOCKS = 5000;
  private static final long MAX_BYTES = 4 << 20;

  @TempDir Path directory;

  private static long usedBytes() {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Runtime r = Runtime.getRuntime();
      min = Math.min(min, r.totalMemory() - r.freeMemory());
    }
    return min;
  }

  @Test
  void manifestsOfFiveThousandBlocksStayWithinTheBound() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), directory.resolve("bucket"));
    Path block;
    try (Stream<Path> all = Files.list(directory.resolve("bucket").resolve("blocks"))) {
      block = all.sorted().findFirst().orElseThrow();
    }
    BlockMeta meta =
        BlockMetaJson.read(Files.readAllBytes(block.resolve("meta.json")), "meta.json");
    byte[] manifest = Files.readAllBytes(BlockFiles.find(block, "0.manifest"));
    BlockMeta.Shard shard = meta.shards().getFirst();
    MemoryObjectStore bucket = new MemoryObjectStore();
    List<Ulid> ulids = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      Ulid u = new Ulid(meta.ulid().high(), i);
      bucket.put(
          BlockNames.directory(u).resolve(shard.manifest().name()), ByteBuffer.wrap(manifest));
      ulids.add(u);
    }
    FetchMetrics metrics = new GatewayMetrics().fetch();
    PageCache none = new PageCache(new MemoryPages(0, metrics), Optional.empty(), metrics);
    CountingObjectStore counting = new CountingObjectStore(bucket);
    ShardMetadataCache cache = new ShardMetadataCache(MAX_BYTES);
    ScheduledReads reads =
        new ScheduledReads(
            counting, new ReadScheduler(new ReadScheduler.ReadLimits(1, 0)), cache::invalidate);
    ShardMetadataReader reader = new ShardMetadataReader(cache, none, reads, metrics);

    long before = usedBytes();
    for (Ulid u : ulids) {
      counting.reset();
      reader.shard(BlockObjects.unlisted(u), shard, new QueryBudget(FetchLimits.DEFAULT));
      assertEquals(1, counting.gets());
    }
    long used = usedBytes() - before;
    assertTrue(used < 3 * MAX_BYTES, () -> used + " bytes are used, the limit is " + MAX_BYTES);
  }
}
