package io.lamella.bench.reference;

import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.chunk.SampleMerge;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads a series' samples from its blocks and merges them by time. Deleted samples are left out.
final class TsdbSamples {
  private TsdbSamples() {}

  private static boolean overlaps(TsdbBlock block, TimeRange range) {
    return block.meta().minTimeMillis() <= range.endMillis()
        && range.startMillis() < block.meta().maxTimeMillis();
  }

  /// Appends the samples within the range.
  static void read(TsdbSeries series, TimeRange range, SampleColumns into) throws IOException {
    List<SampleColumns> found = new ArrayList<>();
    SeriesEntry entry = new SeriesEntry();
    for (TsdbSeries.Part p : series.parts()) {
      if (overlaps(p.block(), range)) {
        p.block().series(p.ref(), entry);
        SampleColumns samples = samples(p.block(), entry, range);
        if (samples.size() > 0) {
          found.add(samples);
        }
      }
    }
    SampleMerge.append(found, into);
  }

  private static SampleColumns samples(TsdbBlock block, SeriesEntry entry, TimeRange range)
      throws IOException {
    SampleColumns all = new SampleColumns();
    for (int c = 0; c < entry.chunkCount(); c++) {
      if (entry.minTimeMillis(c) <= range.endMillis()
          && range.startMillis() <= entry.maxTimeMillis(c)) {
        block.decode(entry, c, all);
      }
    }
    List<TimeRange> deleted = block.tombstones(entry.ref());
    SampleColumns out = new SampleColumns(all.size());
    for (int i = 0; i < all.size(); i++) {
      long time = all.times()[i];
      if (range.contains(time) && deleted.stream().noneMatch(d -> d.contains(time))) {
        out.addFrom(all, i);
      }
    }
    return out;
  }

  /// True where a chunk of the series overlaps the range.
  static boolean mayHave(TsdbSeries series, TimeRange range) throws IOException {
    SeriesEntry entry = new SeriesEntry();
    for (TsdbSeries.Part p : series.parts()) {
      if (overlaps(p.block(), range)) {
        p.block().series(p.ref(), entry);
        for (int c = 0; c < entry.chunkCount(); c++) {
          if (entry.minTimeMillis(c) <= range.endMillis()
              && range.startMillis() <= entry.maxTimeMillis(c)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
