package io.lamella.storage.tsdb;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.CorruptChunkException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One open block. Thread-safe; the files stay mapped until it is closed.
public final class TsdbBlock implements AutoCloseable {
  private final Path directory;
  private final Arena arena;
  private final TsdbBlockMeta meta;
  private final IndexReader index;
  private final ChunkSegments chunks;
  private final Map<Long, List<TimeRange>> tombstones;

  private TsdbBlock(
      Path directory,
      Arena arena,
      TsdbBlockMeta meta,
      IndexReader index,
      ChunkSegments chunks,
      Map<Long, List<TimeRange>> tombstones) {
    this.directory = directory;
    this.arena = arena;
    this.meta = meta;
    this.index = index;
    this.chunks = chunks;
    this.tombstones = tombstones;
  }

  /// Opens a block's directory. Headers, table of contents, symbols and the list of series are
  /// verified here, series and chunks when they are read.
  ///
  /// @throws CorruptTsdbBlockException where bytes are wrong
  public static TsdbBlock open(Path directory) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      TsdbBlockMeta meta = TsdbBlockMetaJson.read(directory.resolve("meta.json"));
      IndexReader index = IndexReader.open(MappedFile.open(directory.resolve("index"), arena));
      ChunkSegments chunks = ChunkSegments.open(directory.resolve("chunks"), arena);
      Map<Long, List<TimeRange>> tombstones =
          Tombstones.read(directory.resolve("tombstones"), arena);
      return new TsdbBlock(directory, arena, meta, index, chunks, tombstones);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  public TsdbBlockMeta meta() {
    return meta;
  }

  /// The number of symbols of the index; they are numbered from 0 in UTF-8 order.
  public int symbols() {
    return index.symbols().size();
  }

  public String symbol(int number) throws IOException {
    return index.symbols().value(number);
  }

  /// The UTF-8 form of a symbol.
  public byte[] symbolBytes(int number) throws IOException {
    return index.symbols().bytes(number);
  }

  public long seriesCount() {
    return index.series();
  }

  /// Receives series one after another.
  @FunctionalInterface
  public interface SeriesEntryVisitor {
    /// @param series the same buffer each time
    void series(SeriesEntry series) throws IOException;
  }

  /// Visits all series in label order.
  public void forEachSeries(SeriesEntryVisitor visitor) throws IOException {
    SeriesEntry entry = new SeriesEntry();
    long before = -1;
    for (long i = 0; i < index.series(); i++) {
      long ref = index.ref(i);
      if (ref <= before) {
        throw new CorruptTsdbBlockException(
            directory.resolve("index"), -1, "series " + ref + " listed after " + before);
      }
      before = ref;
      index.read(ref, entry);
      visitor.series(entry);
    }
  }

  /// Reads one series by its reference.
  public void series(long ref, SeriesEntry into) throws IOException {
    index.read(ref, into);
  }

  public Labels labels(SeriesEntry series) throws IOException {
    LabelsBuilder out = new LabelsBuilder(series.labelCount());
    for (int i = 0; i < series.labelCount(); i++) {
      out.add(symbol(series.name(i)), symbol(series.value(i)));
    }
    return out.build();
  }

  /// A chunk's payload.
  public ChunkBytes chunk(long ref) throws IOException {
    return chunks.read(ref);
  }

  /// Decodes a chunk of a series and compares it with the index.
  ///
  /// @param chunk its number within the series
  /// @return the payload that was decoded
  public ChunkBytes decode(SeriesEntry series, int chunk, SampleColumns into) throws IOException {
    ChunkBytes bytes = chunk(series.chunkRef(chunk));
    decode(
        bytes,
        new ChunkTimes(series.ref(), series.minTimeMillis(chunk), series.maxTimeMillis(chunk)),
        into);
    return bytes;
  }

  /// What the index states of a chunk: its series and the times of its first and last sample.
  public record ChunkTimes(long seriesRef, long minTimeMillis, long maxTimeMillis) {}

  /// Appends the samples of a chunk's payload and compares them with the index.
  public void decode(ChunkBytes bytes, ChunkTimes stated, SampleColumns into) throws IOException {
    int before = into.size();
    try {
      ChunkDecoder.decode(bytes.encoding(), bytes.bytes(), 0, bytes.bytes().length, into);
    } catch (CorruptChunkException e) {
      throw new CorruptTsdbBlockException(
          directory.resolve("chunks"),
          -1,
          e.getMessage() + " in series " + labels(stated.seriesRef),
          e);
    }
    if (into.size() == before
        || into.times()[before] != stated.minTimeMillis
        || into.times()[into.size() - 1] != stated.maxTimeMillis) {
      throw new CorruptTsdbBlockException(
          directory.resolve("chunks"),
          -1,
          "a chunk of series "
              + labels(stated.seriesRef)
              + " does not have the times "
              + stated.minTimeMillis
              + ".."
              + stated.maxTimeMillis
              + " that the index states");
    }
  }

  private Labels labels(long seriesRef) throws IOException {
    SeriesEntry entry = new SeriesEntry();
    series(seriesRef, entry);
    return labels(entry);
  }

  /// The deleted time ranges of a series, ascending and disjoint; mostly none.
  public List<TimeRange> tombstones(long seriesRef) {
    return tombstones.getOrDefault(seriesRef, List.of());
  }

  @Override
  public void close() {
    arena.close();
  }

  @Override
  public String toString() {
    return directory.getFileName().toString();
  }
}
