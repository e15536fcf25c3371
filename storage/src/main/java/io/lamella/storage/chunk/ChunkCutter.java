package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import java.util.ArrayList;
import java.util.List;

/// Cuts samples into chunks as Prometheus does. Floats and histograms, integer and float
/// histograms, gauges and counters are in different chunks. A histogram chunk has one
/// [HistogramLayout]; it ends before a counter reset and after a stale marker.
public final class ChunkCutter {
  /// Prometheus' own target for floats.
  public static final int DEFAULT_SAMPLES = 120;

  private static final int MAX_HISTOGRAMS = 120;

  private ChunkCutter() {}

  /// Encodes samples `[from, end)`, times ascending.
  ///
  /// @param maxSamples maximum number of floats in a chunk, 1 to 65,535
  public static List<EncodedChunk> cut(SampleColumns samples, int from, int end, int maxSamples) {
    List<EncodedChunk> out = new ArrayList<>();
    int start = from;
    while (start < end) {
      boolean histogram = samples.histogramAt(start) != null;
      int stop =
          histogram ? histogramEnd(samples, start, end) : floatEnd(samples, start, end, maxSamples);
      ChunkEncoding encoding = encoding(samples, start, stop);
      byte[] bytes =
          switch (encoding) {
            case XOR -> FloatChunkEncoder.xor(samples, start, stop);
            case XOR2 -> FloatChunkEncoder.xor2(samples, start, stop);
            case HISTOGRAM, FLOAT_HISTOGRAM, HISTOGRAM_ST, FLOAT_HISTOGRAM_ST ->
                HistogramChunkEncoder.encode(
                    encoding, samples, start, stop, layout(samples, start, stop));
          };
      out.add(
          new EncodedChunk(
              encoding, samples.times()[start], samples.times()[stop - 1], stop - start, bytes));
      start = stop;
    }
    return out;
  }

  private static ChunkEncoding encoding(SampleColumns samples, int from, int end) {
    boolean starts = false;
    for (int i = from; i < end; i++) {
      starts |= samples.startTimeAt(i) != 0;
    }
    Histogram h = samples.histogramAt(from);
    if (h == null) {
      return starts ? ChunkEncoding.XOR2 : ChunkEncoding.XOR;
    }
    if (h.hasIntegerCounts()) {
      return starts ? ChunkEncoding.HISTOGRAM_ST : ChunkEncoding.HISTOGRAM;
    }
    return starts ? ChunkEncoding.FLOAT_HISTOGRAM_ST : ChunkEncoding.FLOAT_HISTOGRAM;
  }

  private static int floatEnd(SampleColumns samples, int from, int end, int maxSamples) {
    int i = from;
    while (i < end && i - from < maxSamples && samples.histogramAt(i) == null) {
      i++;
    }
    return i;
  }

  private static int histogramEnd(SampleColumns samples, int from, int end) {
    Histogram first = HistogramChunkEncoder.at(samples, from);
    if (first.isStale()) {
      return from + 1;
    }
    HistogramLayout layout = HistogramLayout.of(first);
    int i = from + 1;
    while (i < end && i - from < MAX_HISTOGRAMS) {
      Histogram h = samples.histogramAt(i);
      if (h == null || h.hasIntegerCounts() != first.hasIntegerCounts()) {
        return i;
      }
      if (h.isStale()) {
        return i + 1;
      }
      // A histogram whose hint is unknown was the first of its source chunk. There may have been a
      // reset before it, so it starts a chunk here, too.
      boolean gauge = first.counterReset() == CounterReset.GAUGE;
      boolean goesOn =
          gauge
              ? h.counterReset() == CounterReset.GAUGE
              : h.counterReset() == CounterReset.NOT_RESET;
      if (!goesOn || !HistogramLayout.of(h).equals(layout)) {
        return i;
      }
      i++;
    }
    return i;
  }

  private static HistogramLayout layout(SampleColumns samples, int from, int end) {
    for (int i = from; i < end; i++) {
      Histogram h = HistogramChunkEncoder.at(samples, i);
      if (!h.isStale()) {
        return HistogramLayout.of(h);
      }
    }
    return new HistogramLayout(0, 0, List.of(), List.of(), List.of());
  }
}
