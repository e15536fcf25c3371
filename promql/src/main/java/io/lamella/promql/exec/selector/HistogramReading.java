package io.lamella.promql.exec.selector;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.SampleColumns;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a selector reads histograms: whole, or without buckets where only count and sum matter.
/// Without buckets nobody could find a counter reset later, so it is found while reading, against
/// the sample read before.
public enum HistogramReading {
  WHOLE,
  WITHOUT_BUCKETS;

  private static final double[] NONE = {};

  /// Reads the histograms of one series in order of time.
  public Cursor cursor(SampleColumns samples) {
    return new Cursor(this, samples);
  }

  /// Remembers which sample was read before.
  public static final class Cursor {
    private final HistogramReading reading;
    private final SampleColumns samples;
    private int last = -1;
    private @Nullable Histogram result;

    Cursor(HistogramReading reading, SampleColumns samples) {
      this.reading = reading;
      this.samples = samples;
    }

    public Histogram read(int index, Histogram h) {
      if (reading == WHOLE) {
        return h;
      }
      Histogram known = result;
      if (index == last && known != null) {
        return known;
      }
      Histogram previous = last < 0 ? null : samples.histogramAt(last);
      CounterReset hint = h.counterReset();
      if (hint == CounterReset.UNKNOWN && previous != null) {
        hint = HistogramResets.isReset(h, previous) ? CounterReset.RESET : CounterReset.NOT_RESET;
      }
      Histogram out =
          new Histogram(
              hint,
              h.schema(),
              h.zeroThreshold(),
              h.zeroCount(),
              h.count(),
              h.sum(),
              List.of(),
              NONE,
              List.of(),
              NONE,
              h.customValues());
      last = index;
      result = out;
      return out;
    }
  }
}
