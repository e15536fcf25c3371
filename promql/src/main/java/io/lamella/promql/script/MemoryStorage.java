package io.lamella.promql.script;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps series in memory and sets the counter reset hints of histograms as Prometheus' chunks
/// would store them: gauges stay gauges, a counter that starts a chunk is unknown, one inside a
/// chunk is not reset.
public final class MemoryStorage implements ScriptStorage {
  @Override
  public SeriesSource store(Collection<LoadedSeries> series) {
    Map<Labels, SampleColumns> stored = new TreeMap<>();
    for (LoadedSeries s : series) {
      stored.put(s.labels(), asStored(s.samples()));
    }
    return new MemorySeriesSource(stored);
  }

  private static SampleColumns asStored(SampleColumns s) {
    if (!s.hasHistograms()) {
      return s;
    }
    SampleColumns out = new SampleColumns(s.size());
    @Nullable Histogram previous = null;
    for (int i = 0; i < s.size(); i++) {
      Histogram h = s.histogramAt(i);
      if (h == null) {
        out.add(s.times()[i], s.values()[i]);
        previous = null;
      } else {
        out.add(s.times()[i], h.withCounterReset(hint(h, previous)));
        previous = h.isStale() ? null : h;
      }
      out.startTime(s.startTimeAt(i));
    }
    return out;
  }

  private static CounterReset hint(Histogram h, @Nullable Histogram previous) {
    if (h.counterReset() == CounterReset.GAUGE) {
      return CounterReset.GAUGE;
    }
    boolean continues =
        previous != null
            && previous.counterReset() != CounterReset.GAUGE
            && h.counterReset() != CounterReset.RESET
            && h.schema() == previous.schema()
            && h.zeroThreshold() == previous.zeroThreshold()
            && Arrays.equals(h.customValues(), previous.customValues())
            && !HistogramResets.isReset(h.withCounterReset(CounterReset.UNKNOWN), previous);
    return continues ? CounterReset.NOT_RESET : CounterReset.UNKNOWN;
  }
}
