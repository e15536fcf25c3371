package io.lamella.storage.block.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Metas that take more memory than a reader has for all of them.
class LargeMetasTest {
  private static final int SHARD_BYTES = 1024;

  private final MemoryObjectStore bucket = new MemoryObjectStore();
  private final Map<Ulid, BlockMeta> metas = new HashMap<>();

  private BlockMeta publish(BlockMeta meta) {
    metas.put(meta.ulid(), meta);
    bucket.put(BlockNames.meta(meta.ulid()), ByteBuffer.allocate(1));
    return meta;
  }

  /// A meta that only counts as large: all of its shards are one object.
  private BlockMeta large(int day) {
    BlockMeta usual = SampleMetas.meta(day).forReaders();
    long shards = Runtime.getRuntime().maxMemory() / 6 / SHARD_BYTES;
    return usual.withShards(
        Collections.nCopies(
            Math.toIntExact(shards), SampleMetas.shard(0, 1, List.of("", ""), List.of("", ""))));
  }

  @Test
  void theMetaThatDoesNotFitIsNamedAndAllOthersAreServed() throws Exception {
    BlockMeta first = publish(large(0));
    BlockMeta usual = publish(SampleMetas.meta(2).forReaders());
    PublishedBucket reader =
        new PublishedBucket(
            bucket,
            PublishedBucket.Scope.UNMARKED,
            (block, _) -> new MetaRead.Found(metas.getOrDefault(block, usual)));
    assertEquals(2, reader.refresh().visible().size());
    BlockMeta second = publish(large(1));
    BlockMeta last = publish(SampleMetas.meta(3).forReaders());

    PublishedBlocks seen = untilBroken(reader);

    assertEquals(List.of(first, usual, last), seen.visible());
    BrokenBlock broken = seen.broken().getFirst();
    assertEquals(second.ulid(), broken.block());
    assertTrue(broken.reason().contains("a quarter of the heap"), broken.reason());
  }

  @Test
  void bucketsThatShareMemoryHaveItTogetherAndGiveItBack() throws Exception {
    MetaMemory memory = MetaMemory.ofHeap();
    publish(large(0));
    publish(SampleMetas.meta(2).forReaders());
    publish(SampleMetas.meta(3).forReaders());
    PublishedBucket first = reader(memory);
    assertEquals(3, first.refresh().visible().size());

    PublishedBucket second = reader(memory);
    assertEquals(1, untilBroken(second).broken().size());

    second.close();
    first.close();
    assertEquals(3, reader(memory).refresh().visible().size());
  }

  private PublishedBucket reader(MetaMemory memory) {
    return new PublishedBucket(
        bucket,
        PublishedBucket.Scope.UNMARKED,
        (block, _) -> new MetaRead.Found(Objects.requireNonNull(metas.get(block))),
        memory);
  }

  /// The first failure of a single meta fails the refresh.
  private static PublishedBlocks untilBroken(PublishedBucket reader) throws Exception {
    try {
      return reader.refresh();
    } catch (java.io.IOException e) {
      return reader.refresh();
    }
  }
}
