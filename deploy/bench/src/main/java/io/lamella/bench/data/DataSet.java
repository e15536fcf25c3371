package io.lamella.bench.data;

import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.write.BlockCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Generated blocks in a directory. The file `DIGESTS` beside them records generator, size, seed
/// and SHA-256 of each block, so that a later run can reuse them.
///
/// @param blocks directory of TSDB blocks, a Thanos bucket on disk
/// @param digests SHA-256 of each block by its ULID
public record DataSet(
    DataSize size, long seed, Path blocks, BlockCounts counts, Map<String, String> digests) {
  /// Changes whenever the same seed gives other data.
  private static final int GENERATOR = 1;

  /// External labels of all blocks: the cluster label stays, the replica label is removed by
  /// conversion.
  public static final String CLUSTER_LABEL = BlockSet.CLUSTER_LABEL;

  public static final String REPLICA_LABEL = BlockSet.REPLICA_LABEL;

  public DataSet {
    digests = Map.copyOf(digests);
  }

  /// Reuses the data in `directory` if it was generated with this size and seed; generates it
  /// otherwise.
  public static DataSet reuseOrGenerate(
      Path directory, DataSize size, long seed, Consumer<String> progress)
      throws IOException, InterruptedException {
    Optional<DataSet> existing = existing(directory, size, seed);
    if (existing.isPresent()) {
      progress.accept("data: as generated before in " + directory);
      return existing.get();
    }
    checkReplaceable(directory);
    DirectoryTree.delete(directory);
    Path temporary = directory.resolveSibling(directory.getFileName() + ".tmp");
    DirectoryTree.delete(temporary);
    Path blocks = Files.createDirectories(temporary.resolve("blocks"));
    progress.accept("data: generating size " + size.name() + " with seed " + seed);
    long started = System.nanoTime();
    BlockCounts counts = generate(size, seed, blocks);
    Map<String, String> digests = digests(blocks);
    Files.writeString(temporary.resolve("DIGESTS"), text(size, seed, counts, digests));
    Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    double seconds = (System.nanoTime() - started) / 1e9;
    progress.accept(
        String.format(
            "data: %,d samples in %d blocks, %.1f s, %,.0f samples/s",
            counts.samples(), digests.size(), seconds, counts.samples() / seconds));
    return new DataSet(size, seed, directory.resolve("blocks"), counts, digests);
  }

  /// Checks that a directory may be replaced: absent, empty, or written by this class.
  private static void checkReplaceable(Path directory) throws IOException {
    if (!Files.exists(directory) || Files.exists(directory.resolve("DIGESTS"))) {
      return;
    }
    try (Stream<Path> all = Files.list(directory)) {
      if (all.findAny().isPresent()) {
        throw new IOException(
            "cannot generate into "
                + directory
                + ": it holds other files; name an empty or a new directory");
      }
    }
  }

  private static BlockCounts generate(DataSize size, long seed, Path blocks)
      throws IOException, InterruptedException {
    long end = size.endMillis();
    long edgeCaseStart = size.edgeCaseStartMillis();
    long start = size.startMillis();
    List<DataSize.BlockRange> edgeCases = List.of(new DataSize.BlockRange(edgeCaseStart, start, 1));
    BlockSet first = new BlockSet(blocks, seed, "a");
    BlockSet second = new BlockSet(blocks, seed, "b");
    BlockCounts counts = first.write(size.blockRanges(), Fleet.series(size, seed), end);
    counts = counts.plus(first.write(edgeCases, EdgeCaseSeries.series(size, seed, "a"), start));
    counts = counts.plus(second.write(edgeCases, EdgeCaseSeries.series(size, seed, "b"), start));
    return counts.plus(first.write(edgeCases, EdgeCaseSeries.late(size, seed), start));
  }

  private static Map<String, String> digests(Path blocks) throws IOException {
    Map<String, String> out = new TreeMap<>();
    try (Stream<Path> all = Files.list(blocks)) {
      for (Path p : (Iterable<Path>) all::iterator) {
        out.put(p.getFileName().toString(), BlockDigest.of(p));
      }
    }
    return out;
  }

  private static String head(DataSize size, long seed) {
    return "generator " + GENERATOR + " size " + size.name() + " seed " + seed + "\n";
  }

  private static String text(DataSize size, long seed, BlockCounts c, Map<String, String> digests) {
    StringBuilder out = new StringBuilder(head(size, seed));
    out.append(
        String.format(
            "counts %d %d %d %d%n",
            c.series(), c.chunks(), c.floatSamples(), c.histogramSamples()));
    new TreeMap<>(digests).forEach((k, v) -> out.append(v).append("  ").append(k).append('\n'));
    return out.toString();
  }

  private static Optional<DataSet> existing(Path directory, DataSize size, long seed)
      throws IOException {
    Path file = directory.resolve("DIGESTS");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file);
    String[] lines = text.split("\n");
    if (!text.startsWith(head(size, seed)) || lines.length < 3) {
      return Optional.empty();
    }
    String[] c = lines[1].split(" ");
    if (c.length != 5) {
      return Optional.empty();
    }
    BlockCounts counts =
        new BlockCounts(
            Long.parseLong(c[1]), Long.parseLong(c[2]), Long.parseLong(c[3]), Long.parseLong(c[4]));
    Map<String, String> digests = digests(directory.resolve("blocks"));
    return text.equals(text(size, seed, counts, digests))
        ? Optional.of(new DataSet(size, seed, directory.resolve("blocks"), counts, digests))
        : Optional.empty();
  }
}
