package io.lamella.gateway.catalog;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockMetaJson;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Metas as the converter writes them, for tests that do not read the files of the blocks.
final class PublishedMetas {
  static final long DAY_MILLIS = 86_400_000;
  private static final long FIRST_DAY = 1_748_736_000_000L;
  private static final Random RANDOM = new Random(20260102);

  private PublishedMetas() {}

  /// @param day number of the day, from 0
  /// @param stream number of the stream; becomes the external label `region`
  /// @param sources number of source blocks
  static BlockMeta meta(int day, int stream, int sources, Ulid... replaces) {
    long start = FIRST_DAY + day * DAY_MILLIS;
    List<Ulid> sourceBlocks = new ArrayList<>();
    for (int i = 0; i < sources; i++) {
      sourceBlocks.add(ulid(start));
    }
    return new BlockMeta(
            ulid(start),
            BlockMeta.Coverage.raw(
                Labels.of("prometheus", "edge", "region", "r" + stream), start, start + DAY_MILLIS),
            SampleMetas.lineage(sourceBlocks, replaces),
            new BlockMeta.Structure(
                SortKey.DEFAULT,
                DAY_MILLIS,
                BlockNames.inDigestDirectory(
                    List.of(
                        new BlockMeta.Shard(
                            13_404,
                            1,
                            List.of("alarms", "1"),
                            List.of("up", "99"),
                            file("0.labels.parquet", 158_579),
                            file("0.chunks.parquet", 9_427_177),
                            new BlockMeta.Manifest(
                                "0.manifest", 9270, RANDOM.nextInt(), sha256()))))),
            new BlockMeta.Counts(13_404, 167_948, 18_572_380, start, start + DAY_MILLIS - 1))
        .forReaders();
  }

  private static Ulid ulid(long millis) {
    byte[] entropy = new byte[10];
    RANDOM.nextBytes(entropy);
    return Ulid.of(millis, entropy);
  }

  private static BlockMeta.File file(String name, long size) {
    return new BlockMeta.File(name, size, size - 4096, RANDOM.nextInt(), sha256());
  }

  private static String sha256() {
    StringBuilder digest = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      digest.append(String.format("%08x", RANDOM.nextInt()));
    }
    return digest.toString();
  }

  /// The meta of the same block with other files.
  static BlockMeta republished(BlockMeta meta) {
    BlockMeta.Shard s = meta.shards().getFirst();
    return meta.withShards(
        BlockNames.inDigestDirectory(
            List.of(s.withLabels(file(s.labels().name(), s.labels().size() + 1)))));
  }

  static void put(BlockMeta meta, ObjectStore store) throws ObjectStoreException {
    store.put(BlockNames.meta(meta.ulid()), ByteBuffer.wrap(BlockMetaJson.write(meta)));
  }
}
