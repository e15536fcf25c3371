package io.lamella.cli;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/// A TSDB block of a day with given series. Each has a fixed offset in the minute and is a counter
/// that rises steadily, or not at all.
final class SyntheticBlock {
  static final long DAY = 86_400_000;
  static final long START = 20_100 * DAY;

  private SyntheticBlock() {}

  /// @param samples of each series, spread over the day
  /// @return bytes of the block
  static long write(Path directory, Collection<Labels> series, int samples) throws IOException {
    Files.createDirectories(directory);
    SortedSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    for (Labels l : series) {
      l.forEach((name, value) -> {
        symbols.add(name);
        symbols.add(value);
      });
    }
    BlockDescription description =
        new BlockDescription(
            Ulid.of(START, new byte[10]), START, START + DAY, 1, Map.of("region", "r"));
    Random random = new Random(20260104);
    SampleColumns all = new SampleColumns();
    try (BlockWriter writer = BlockWriter.create(directory, description, symbols)) {
      for (Labels l : new TreeSet<>(series)) {
        all.clear();
        long value = random.nextInt(1000);
        int increase = random.nextInt(3) * 60;
        int offset = random.nextInt(10_000);
        for (int i = 0; i < samples; i++) {
          value += increase;
          all.add(START + i * (DAY / samples) + offset, value);
        }
        writer.add(l, ChunkCutter.cut(all, 0, all.size(), ChunkCutter.DEFAULT_SAMPLES));
      }
      writer.finish();
    }
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(p -> p.toFile().length()).sum();
    }
  }
}
