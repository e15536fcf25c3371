package io.lamella.converter;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.write.BlockDescription;
import io.lamella.storage.tsdb.write.BlockWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A bucket of small TSDB blocks in a directory.
final class TestBucket {
  static final long HOUR = 3_600_000;
  static final long DAY = 24 * HOUR;
  private static final long STEP = 60_000;
  private final Path root;
  private int next = 1;

  TestBucket(Path root) throws IOException {
    this.root = Files.createDirectories(root);
  }

  Path root() {
    return root;
  }

  Path directory(Ulid block) {
    return root.resolve(block.toString());
  }

  /// Writes a block of a few series with a sample a minute.
  Ulid add(long from, long to) throws IOException {
    return add(from, to, Map.of("cluster", "c"), 3);
  }

  Ulid add(long from, long to, Map<String, String> external, int series) throws IOException {
    Ulid ulid = Ulid.of(to, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, (byte) (next >> 8), (byte) next});
    next++;
    TreeSet<String> symbols = new TreeSet<>(List.of("__name__", "up", "instance"));
    IntStream.range(0, series).forEach(i -> symbols.add("i" + i));
    BlockDescription description = new BlockDescription(ulid, from, to, 1, external);
    try (BlockWriter writer = BlockWriter.create(root, description, symbols)) {
      for (String i : symbols.tailSet("i0").stream().filter(s -> s.matches("i\\d+")).toList()) {
        SampleColumns samples = new SampleColumns(64);
        for (long t = from; t < to; t += STEP) {
          samples.add(t, (double) (t / STEP % 7 + i.hashCode()));
        }
        writer.add(
            Labels.of("__name__", "up", "instance", i),
            ChunkCutter.cut(samples, 0, samples.size(), 120));
      }
      writer.finish();
    }
    return ulid;
  }

  /// Replaces text in a block's meta.json.
  void edit(Ulid block, String regex, String replacement) throws IOException {
    Path meta = directory(block).resolve("meta.json");
    String text = Files.readString(meta);
    String edited = text.replaceFirst(regex, replacement);
    if (edited.equals(text)) {
      throw new IllegalStateException(regex + " is not in " + text);
    }
    Files.writeString(meta, edited);
  }

  /// States that a block was compacted from others, which are deleted.
  void compacted(Ulid block, List<Ulid> sources) throws IOException {
    String all =
        sources.stream().map(u -> '"' + u.toString() + '"').collect(Collectors.joining(","));
    edit(block, "\"sources\": \\[[^\\]]*\\]", "\"sources\": [" + all + "]");
    for (Ulid s : sources) {
      DirectoryTree.delete(directory(s));
    }
  }

  /// Flips one bit.
  void flip(Ulid block, String file, long offset) throws IOException {
    Path path = directory(block).resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[(int) offset] ^= 1;
    Files.write(path, bytes);
  }
}
