package io.lamella.cli;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.script.LoadedSeries;
import io.lamella.promql.script.MemoryStorage;
import io.lamella.promql.script.ScriptStorage;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import io.lamella.storage.chunk.ChunkCutter;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.CorruptChunkException;
import io.lamella.storage.chunk.EncodedChunk;
import io.lamella.storage.chunk.HistogramLayoutMerge;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Storage for test scripts that encodes every series into chunks, as in a block, and decodes it
/// again before a query reads it.
final class ChunkedStorage implements ScriptStorage {
  @Override
  public SeriesSource store(Collection<LoadedSeries> series) {
    SeriesSource loaded = new MemoryStorage().store(series);
    Map<Labels, SampleColumns> decoded = new TreeMap<>();
    Selection everything = new Selection(List.of(), TimeRange.ALL, SelectHints.NONE);
    try (SeriesSet set = loaded.select(everything)) {
      while (set.next()) {
        SampleColumns samples = new SampleColumns();
        set.read(samples);
        decoded.put(set.labels(), throughChunks(samples));
      }
    }
    return new MemorySeriesSource(decoded);
  }

  private static SampleColumns throughChunks(SampleColumns samples) {
    SampleColumns out = new SampleColumns(samples.size());
    SampleColumns widened = HistogramLayoutMerge.widen(samples);
    try {
      for (EncodedChunk c :
          ChunkCutter.cut(widened, 0, widened.size(), ChunkCutter.DEFAULT_SAMPLES)) {
        ChunkDecoder.decode(c.encoding(), c.bytes(), 0, c.bytes().length, out);
      }
    } catch (CorruptChunkException e) {
      throw new QueryException.Internal(
          "cannot decode the chunks that were encoded: " + e.getMessage(), e);
    }
    return out;
  }
}
