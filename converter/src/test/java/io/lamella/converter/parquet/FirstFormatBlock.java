package io.lamella.converter.parquet;

import io.lamella.converter.Conversion;
import io.lamella.converter.ConversionOptions;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Makes the block of format 1 in the test data: one day of real samples, in pieces so small that
/// it has several shards, row groups, pages and data columns. It is made once and must stay
/// readable; later converters may write other bytes.
///
/// Run by hand, with the empty directory for the bucket as argument.
final class FirstFormatBlock {
  private FirstFormatBlock() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path bucket = Path.of(args[0]);
    WriteSettings small =
        WriteSettings.DEFAULT
            .withShards(new WriteSettings.ShardSizes(60, 20, 1000, 1 << 20))
            .withRowGroups(new WriteSettings.RowGroupSizes(24, 1 << 20))
            .withLabelPageRows(4)
            .withChunkPages(new WriteSettings.ChunkPageSizes(2 << 10, 4 << 10, 16 << 10));
    Path work = Files.createTempDirectory("lamella");
    Conversion.run(
        RecordedSamples.directory().resolve("floats").toString(),
        bucket.toString(),
        ConversionOptions.defaults()
            .withSettings(small)
            .withColumnMillis(12 * 3_600_000)
            .withWorkDirectory(work)
            .withThreads(1),
        _ -> {});
    List<Path> blocks;
    try (Stream<Path> all = Files.list(bucket.resolve("blocks"))) {
      blocks = all.sorted().toList();
    }
    for (Path block : blocks) {
      if (!block.equals(blocks.get(1))) {
        DirectoryTree.delete(block);
      }
    }
    Files.delete(bucket.resolve("catalog.json"));
  }
}
