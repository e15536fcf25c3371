package io.lamella.cli.bucket;

import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/// Puts source blocks into a bucket, intact or damaged.
final class BlockFiles {
  /// The table of contents at the end of an index, with its checksum.
  private static final int INDEX_END = 52;

  /// Before the first chunk of a segment.
  private static final int SEGMENT_HEADER = 8;

  private final Path root;
  private final Random random;

  BlockFiles(Path root, Random random) {
    this.root = root;
    this.random = random;
  }

  /// Replaces the files of a block.
  void put(BucketBlock block, Condition condition) throws IOException {
    Path to = root.resolve(block.ulid().toString());
    DirectoryTree.delete(to);
    if (condition == Condition.ABSENT) {
      return;
    }
    copy(block.intact(), to);
    Path meta = to.resolve("meta.json");
    Path segment = to.resolve("chunks").resolve("000001");
    switch (condition) {
      case INTACT, ABSENT -> {
        if (random.nextInt(5) == 0) {
          Files.writeString(to.resolve("no-compact-mark.json"), "{\"version\":1}");
        }
      }
      case NO_META -> Files.delete(meta);
      case MARKED ->
          Files.writeString(
              to.resolve("deletion-mark.json"),
              "{\"id\":\"" + block.ulid() + "\",\"version\":1,\"deletion_time\":1700000000}");
      case DOWNSAMPLED -> replace(meta, "\"resolution\": ?0", "\"resolution\": 300000");
      case CORRUPT_META ->
          Files.writeString(meta, Files.readString(meta).substring(0, 20 + random.nextInt(80)));
      case IMPOSSIBLE_TIMES -> {
        if (random.nextBoolean()) {
          replace(meta, "\n\t\"minTime\": \\d+", "\n\t\"minTime\": 0");
        }
        replace(meta, "\n\t\"maxTime\": \\d+", "\n\t\"maxTime\": 1000000000000000");
      }
      case MISSING_SEGMENT -> Files.delete(segment);
      case SHORT_SEGMENT -> {
        byte[] bytes = Files.readAllBytes(segment);
        int length = SEGMENT_HEADER + random.nextInt(bytes.length - SEGMENT_HEADER);
        Files.write(segment, Arrays.copyOf(bytes, length));
      }
      case FLIPPED_BYTE -> {
        // A flipped byte of a chunk costs only the days that read the chunk.
        boolean oneDay = block.span().days().size() == 1;
        if (oneDay && random.nextBoolean()) {
          flip(segment, SEGMENT_HEADER);
        } else {
          Path index = to.resolve("index");
          flip(index, (int) Files.size(index) - INDEX_END);
        }
      }
    }
  }

  private void flip(Path file, int from) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[from + random.nextInt(bytes.length - from)] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
  }

  private static void replace(Path file, String regex, String by) throws IOException {
    String before = Files.readString(file);
    String after = before.replaceFirst(regex, by);
    if (after.equals(before)) {
      throw new IllegalStateException(regex + " is not in " + before);
    }
    Files.writeString(file, after);
  }

  /// Copies all files of a directory.
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(p).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(p, copy);
      }
    }
  }
}
