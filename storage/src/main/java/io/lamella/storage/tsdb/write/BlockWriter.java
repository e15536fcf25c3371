package io.lamella.storage.tsdb.write;

import io.lamella.model.Labels;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.chunk.EncodedChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Writes one block. Series are added in label order, each once, and written at once; only symbols
/// and postings stay in memory. meta.json is written last; without it the directory is not a block.
public final class BlockWriter implements AutoCloseable {
  private final Path directory;
  private final BlockDescription block;
  private final IndexWriter index;
  private final ChunkSegmentWriter chunks;
  private Labels before = Labels.EMPTY;
  private BlockCounts counts = new BlockCounts(0, 0, 0, 0);

  private BlockWriter(
      Path directory, BlockDescription block, IndexWriter index, ChunkSegmentWriter chunks) {
    this.directory = directory;
    this.block = block;
    this.index = index;
    this.chunks = chunks;
  }

  /// Creates a block in a new directory below `root`, named by its ULID.
  ///
  /// @param symbols every label name and value of the series to be added, possibly more, in UTF-8
  ///   order
  public static BlockWriter create(Path root, BlockDescription block, SortedSet<String> symbols)
      throws IOException {
    return create(root, block, symbols, ChunkSegmentWriter.DEFAULT_SEGMENT_BYTES);
  }

  static BlockWriter create(
      Path root, BlockDescription block, SortedSet<String> symbols, long segmentBytes)
      throws IOException {
    Path directory = Files.createDirectories(root.resolve(block.ulid().toString()));
    ChunkSegmentWriter chunks =
        ChunkSegmentWriter.create(directory.resolve("chunks"), segmentBytes);
    return new BlockWriter(
        directory, block, IndexWriter.create(directory.resolve("index"), symbols), chunks);
  }

  public Path directory() {
    return directory;
  }

  public BlockCounts counts() {
    return counts;
  }

  /// Adds a series.
  ///
  /// @param encoded ascending by time, without overlaps, within the block's times; where there is
  ///   none, nothing is added
  public void add(Labels labels, List<EncodedChunk> encoded) throws IOException {
    if (encoded.isEmpty()) {
      return;
    }
    if (labels.compareTo(before) <= 0) {
      throw new IllegalArgumentException(
          "cannot add series " + labels + " after " + before + ": out of order");
    }
    before = labels;
    long[] refs = new long[encoded.size()];
    long floats = 0;
    long histograms = 0;
    for (int i = 0; i < refs.length; i++) {
      EncodedChunk c = encoded.get(i);
      if (c.minTimeMillis() < block.minTimeMillis() || c.maxTimeMillis() >= block.maxTimeMillis()) {
        throw new IllegalArgumentException(
            "cannot add series " + labels + ": a chunk lies outside block " + block.ulid());
      }
      refs[i] = chunks.add(c);
      if (c.encoding() == ChunkEncoding.XOR || c.encoding() == ChunkEncoding.XOR2) {
        floats += c.samples();
      } else {
        histograms += c.samples();
      }
    }
    index.add(labels, encoded, refs);
    counts = counts.plus(new BlockCounts(1, refs.length, floats, histograms));
  }

  /// Completes the block; without this call it is not valid.
  public void finish() throws IOException {
    index.finish();
    index.close();
    chunks.close();
    Files.write(directory.resolve("tombstones"), noTombstones());
    SortedMap<String, Long> files = new TreeMap<>();
    files.put("index", Files.size(directory.resolve("index")));
    try (Stream<Path> segments = Files.list(directory.resolve("chunks"))) {
      for (Path p : (Iterable<Path>) segments::iterator) {
        files.put("chunks/" + p.getFileName(), Files.size(p));
      }
    }
    Files.writeString(directory.resolve("meta.json"), MetaJson.of(block, counts, files));
  }

  private static byte[] noTombstones() {
    ByteSink out = new ByteSink();
    out.u32(0x0130BA30L);
    out.u8(1);
    out.checksum(out.size());
    return java.util.Arrays.copyOf(out.array(), out.size());
  }

  @Override
  public void close() throws IOException {
    index.close();
    chunks.close();
  }
}
