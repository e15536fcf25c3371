package io.lamella.gateway.query;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.promql.VectorSample;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The newest sample of each series in a time range, as federation returns it: with the time that
/// it has, and none where the newest is a stale marker.
final class LatestSamples {
  private static final long SAMPLE_BYTES = 120;
  private static final long HISTOGRAM_BYTES = 300;
  private static final long BUCKET_BYTES = 16;

  private LatestSamples() {}

  /// @param selectors series that match any of them, each once
  /// @return in label order
  static List<VectorSample> read(
      SeriesSource source, List<List<Matcher>> selectors, TimeRange range, MemoryAccount memory) {
    List<Selection> selections =
        selectors.stream().map(m -> new Selection(m, range, SelectHints.NONE)).toList();
    SortedMap<Labels, VectorSample> found = new TreeMap<>();
    try (SeriesSource.Prepared _ = source.prepare(selections)) {
      for (Selection s : selections) {
        try (SeriesSet series = source.select(s)) {
          add(series, range, memory, found);
        }
      }
    }
    return new ArrayList<>(found.values());
  }

  private static void add(
      SeriesSet series,
      TimeRange range,
      MemoryAccount memory,
      SortedMap<Labels, VectorSample> found) {
    SampleColumns samples = new SampleColumns();
    while (series.next()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new QueryException.Cancelled("query was canceled while series were read");
      }
      samples.clear();
      series.read(samples);
      int last = samples.size() - 1;
      while (last >= 0 && samples.times()[last] > range.endMillis()) {
        last--;
      }
      if (last < 0
          || samples.times()[last] < range.startMillis()
          || Stale.isStale(samples.values()[last])
          || found.containsKey(series.labels())) {
        continue;
      }
      VectorSample sample =
          new VectorSample(
              series.labels(),
              samples.times()[last],
              samples.values()[last],
              samples.histogramAt(last));
      memory.reserve(bytes(List.of(sample)));
      found.put(sample.labels(), sample);
    }
  }

  /// Estimated bytes in memory.
  static long bytes(Collection<VectorSample> samples) {
    long bytes = 0;
    for (VectorSample s : samples) {
      bytes += SAMPLE_BYTES + ResultBytes.ofLabels(List.of(s.labels()));
      Histogram h = s.histogram();
      if (h != null) {
        int buckets = h.positive().length + h.negative().length + h.customValues().length;
        bytes += HISTOGRAM_BYTES + BUCKET_BYTES * buckets;
      }
    }
    return bytes;
  }
}
