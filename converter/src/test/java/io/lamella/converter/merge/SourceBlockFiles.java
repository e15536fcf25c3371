package io.lamella.converter.merge;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// TSDB blocks for tests.
public final class SourceBlockFiles {
  private SourceBlockFiles() {}

  /// Writes a block whose ULID is made of a number, below `root`.
  ///
  /// @param chunkSamples length of a chunk
  public static Path write(
      Path root,
      int number,
      Map<String, String> external,
      Map<Labels, SampleColumns> series,
      int chunkSamples)
      throws IOException {
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    long min = Long.MAX_VALUE;
    long max = 0;
    for (Map.Entry<Labels, SampleColumns> s : series.entrySet()) {
      s.getKey()
          .forEach((name, value) -> {
            symbols.add(name);
            symbols.add(value);
          });
      min = Math.min(min, s.getValue().times()[0]);
      max = Math.max(max, s.getValue().times()[s.getValue().size() - 1]);
    }
    BlockDescription block =
        new BlockDescription(Ulid.of(number, new byte[10]), min, max + 1, 1, external);
    try (BlockWriter w = BlockWriter.create(root, block, symbols)) {
      for (Map.Entry<Labels, SampleColumns> s : new TreeMap<>(series).entrySet()) {
        w.add(s.getKey(), ChunkCutter.cut(s.getValue(), 0, s.getValue().size(), chunkSamples));
      }
      w.finish();
    }
    return root.resolve(block.ulid().toString());
  }

  /// Floats of one value at even intervals.
  public static SampleColumns constant(long firstMillis, long stepMillis, int count, double value) {
    SampleColumns out = new SampleColumns();
    for (int i = 0; i < count; i++) {
      out.add(firstMillis + i * stepMillis, value);
    }
    return out;
  }
}
