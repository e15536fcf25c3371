package io.lamella.converter.publish;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Digests;
import io.lamella.storage.object.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Files of random bytes as those of a block.
final class TestFiles {
  private TestFiles() {}

  /// Writes the files of one shard.
  ///
  /// @param like all but the shards
  /// @return the meta of a block with these files
  static BlockMeta write(BlockMeta like, Path directory, long seed) throws IOException {
    Files.createDirectories(directory);
    Random random = new Random(seed);
    BlockMeta.Shard first = like.shards().getFirst();
    byte[] manifest = file(directory, BlockNames.manifest(0), 300, random);
    BlockMeta.Shard shard =
        new BlockMeta.Shard(
            first.rows(),
            first.rowGroups(),
            first.firstKey(),
            first.lastKey(),
            parquet(directory, BlockNames.labelsFile(0), random),
            parquet(directory, BlockNames.chunksFile(0), random),
            BlockMeta.Manifest.of(BlockNames.manifest(0), manifest));
    return like.withShards(BlockNames.inDigestDirectory(List.of(shard)));
  }

  private static byte[] file(Path directory, String name, int size, Random random)
      throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(directory.resolve(name), bytes);
    return bytes;
  }

  private static BlockMeta.File parquet(Path directory, String name, Random random)
      throws IOException {
    byte[] bytes = file(directory, name, 5000, random);
    return new BlockMeta.File(name, 5000, 4000, 7, Digests.sha256(bytes));
  }

  /// The keys of a block's files.
  static List<ObjectKey> keys(BlockMeta meta) {
    ObjectKey block = BlockNames.directory(meta.ulid());
    return meta.shards().stream()
        .flatMap(s ->
            Stream.of(
                block.resolve(s.labels().name()),
                block.resolve(s.chunks().name()),
                block.resolve(s.manifest().name())))
        .toList();
  }
}
