package io.lamella.promql.exec.selector;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramResets;
import io.lamella.model.SampleColumns;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a selector reads histograms: whole, or without buckets where only count and sum matter; then
/// hint, schema, count and sum are all that is left. Counter resets cannot be found without
/// buckets, so they are detected while reading, by comparison with the previous sample.
public enum HistogramReading {
  WHOLE,
  WITHOUT_BUCKETS;

  private static final double[] NONE = {};

  /// Reads the histograms of one series in order of time.
  public Reader reader(SampleColumns samples) {
    return new Reader(this, samples);
  }

  /// Reads the histograms of one series and remembers the previous one.
  public static final class Reader {
    private final HistogramReading reading;
    private final SampleColumns samples;
    private int last = -1;
    private @Nullable Histogram previous;
    private @Nullable Histogram result;

    Reader(HistogramReading reading, SampleColumns samples) {
      this.reading = reading;
      this.samples = samples;
    }

    /// The next sample is compared with none.
    void forget() {
      previous = null;
    }

    /// The histogram at `index`; reads all samples from `from` on, skips those before.
    public Histogram read(int from, int index) {
      for (int i = Math.max(from, last + 1); i <= index; i++) {
        Histogram h = samples.histogramAt(i);
        result = h == null ? null : read(h);
        last = i;
      }
      Histogram out = result;
      if (out == null) {
        throw new IllegalArgumentException("no histogram at " + index);
      }
      return out;
    }

    private Histogram read(Histogram h) {
      if (reading == WHOLE) {
        return h;
      }
      CounterReset hint = h.counterReset();
      if (h.isStale()) {
        return h;
      }
      if (hint == CounterReset.UNKNOWN && previous != null) {
        hint = HistogramResets.isReset(h, previous) ? CounterReset.RESET : CounterReset.NOT_RESET;
      }
      previous = h;
      return new Histogram(
          hint, h.schema(), 0, 0, h.count(), h.sum(), List.of(), NONE, List.of(), NONE, NONE);
    }
  }
}
