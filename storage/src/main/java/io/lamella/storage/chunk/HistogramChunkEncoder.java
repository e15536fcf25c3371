package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import org.jspecify.annotations.Nullable;

/// Encodes histograms that share one [HistogramLayout]; stale markers may be among them.
final class HistogramChunkEncoder {
  private static final int GAUGE = 0xc0;
  private static final int RESET = 0x80;

  private HistogramChunkEncoder() {}

  /// Encodes samples `[from, end)`, all histograms, at most 16,383.
  ///
  /// @param layout of all samples that are not stale
  static byte[] encode(
      ChunkEncoding encoding, SampleColumns samples, int from, int end, HistogramLayout layout) {
    boolean integer = encoding == ChunkEncoding.HISTOGRAM || encoding == ChunkEncoding.HISTOGRAM_ST;
    boolean withStarts =
        encoding == ChunkEncoding.HISTOGRAM_ST || encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST;
    CounterReset hint = at(samples, from).counterReset();
    int header = hint == CounterReset.GAUGE ? GAUGE : hint == CounterReset.RESET ? RESET : 0;
    BitWriter out = new BitWriter();
    out.bits(end - from | (withStarts ? header << 8 : 0), 16);
    out.bits(withStarts ? 0 : header, 8);
    layout.write(out);
    StartTimestampsWriter starts = new StartTimestampsWriter();
    Body body = integer ? new IntegerBody(layout) : new FloatBody(layout);
    long delta = 0;
    for (int i = from; i < end; i++) {
      long time = samples.times()[i];
      if (i == from) {
        out.varint(time);
        body.first(out, at(samples, i));
        if (withStarts) {
          starts.first(out, time, samples.startTimeAt(i));
        }
        continue;
      }
      long now = time - samples.times()[i - 1];
      out.varint(now - delta);
      delta = now;
      body.next(out, at(samples, i));
      if (withStarts) {
        starts.next(out, i - from, samples.times()[i - 1], samples.startTimeAt(i));
      }
    }
    if (withStarts) {
      out.patch(2, starts.header());
    }
    return out.toByteArray();
  }

  static Histogram at(SampleColumns samples, int i) {
    @Nullable Histogram h = samples.histogramAt(i);
    if (h == null) {
      throw new IllegalArgumentException("sample " + i + " is no histogram");
    }
    return h;
  }

  /// Writes the fields of one sample after another.
  private interface Body {
    void first(BitWriter out, Histogram h);

    void next(BitWriter out, Histogram h);
  }

  private static final class IntegerBody implements Body {
    private final long[] positive;
    private final long[] negative;
    private final long[] positiveDelta;
    private final long[] negativeDelta;
    private final XorValueWriter sum = new XorValueWriter();
    private long count;
    private long zero;
    private long countDelta;
    private long zeroDelta;

    IntegerBody(HistogramLayout layout) {
      positive = new long[HistogramLayout.buckets(layout.positiveSpans())];
      negative = new long[HistogramLayout.buckets(layout.negativeSpans())];
      positiveDelta = new long[positive.length];
      negativeDelta = new long[negative.length];
    }

    @Override
    public void first(BitWriter out, Histogram h) {
      count = (long) h.count();
      zero = (long) h.zeroCount();
      out.varuint(count);
      out.varuint(zero);
      out.number(h.sum());
      sum.first(h.sum());
      if (!h.isStale()) {
        differences(h.positive(), positive);
        differences(h.negative(), negative);
      }
      for (long v : positive) {
        out.varint(v);
      }
      for (long v : negative) {
        out.varint(v);
      }
    }

    private static void differences(double[] counts, long[] out) {
      long before = 0;
      for (int b = 0; b < out.length; b++) {
        out[b] = (long) counts[b] - before;
        before = (long) counts[b];
      }
    }

    @Override
    public void next(BitWriter out, Histogram h) {
      long c = h.isStale() ? count + countDelta : (long) h.count();
      long z = h.isStale() ? zero + zeroDelta : (long) h.zeroCount();
      out.varint(c - count - countDelta);
      countDelta = c - count;
      count = c;
      out.varint(z - zero - zeroDelta);
      zeroDelta = z - zero;
      zero = z;
      sum.write(out, h.sum());
      if (!h.isStale()) {
        advance(out, h.positive(), positive, positiveDelta);
        advance(out, h.negative(), negative, negativeDelta);
      }
    }

    private static void advance(BitWriter out, double[] counts, long[] values, long[] deltas) {
      long[] now = new long[values.length];
      differences(counts, now);
      for (int b = 0; b < now.length; b++) {
        long delta = now[b] - values[b];
        out.varint(delta - deltas[b]);
        deltas[b] = delta;
        values[b] = now[b];
      }
    }
  }

  private static final class FloatBody implements Body {
    private final XorValueWriter[] columns;
    private final int positive;

    FloatBody(HistogramLayout layout) {
      positive = HistogramLayout.buckets(layout.positiveSpans());
      columns = new XorValueWriter[3 + positive + HistogramLayout.buckets(layout.negativeSpans())];
      for (int c = 0; c < columns.length; c++) {
        columns[c] = new XorValueWriter();
      }
    }

    private double field(Histogram h, int c) {
      return switch (c) {
        case 0 -> h.count();
        case 1 -> h.zeroCount();
        case 2 -> h.sum();
        default -> {
          if (h.isStale()) {
            yield 0;
          }
          yield c - 3 < positive ? h.positive()[c - 3] : h.negative()[c - 3 - positive];
        }
      };
    }

    @Override
    public void first(BitWriter out, Histogram h) {
      for (int c = 0; c < columns.length; c++) {
        double v = field(h, c);
        out.number(v);
        columns[c].first(v);
      }
    }

    @Override
    public void next(BitWriter out, Histogram h) {
      int fields = h.isStale() ? 3 : columns.length;
      for (int c = 0; c < fields; c++) {
        columns[c].write(out, field(h, c));
      }
    }
  }
}
