package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import java.util.List;

/// Decodes histogram chunks, encodings 2, 3, 5 and 6. Integer histograms store counts as deltas of
/// deltas and buckets as differences to the bucket before; float histograms store each field and
/// bucket as a column of exclusive ors.
final class HistogramDecoder {
  private static final double[] NONE = {};

  private final boolean integer;
  private final BitReader in;
  private final int count;
  private final StartTimestamps starts;
  private final boolean gauge;
  private final HistogramLayout layout;
  private final int positive;
  private final int negative;

  HistogramDecoder(ChunkEncoding encoding, byte[] data, int from, int length, int count)
      throws CorruptChunkException {
    this.integer = encoding == ChunkEncoding.HISTOGRAM || encoding == ChunkEncoding.HISTOGRAM_ST;
    this.count = count;
    if (length < 3) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + length + " bytes are too few for a header");
    }
    boolean withStarts =
        encoding == ChunkEncoding.HISTOGRAM_ST || encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST;
    int resetHeader = withStarts ? data[from] & 0xc0 : data[from + 2] & 0xc0;
    this.gauge = resetHeader == 0xc0;
    this.starts = new StartTimestamps(withStarts ? data[from + 2] & 0xff : 0);
    this.in = new BitReader(data, from + 3, from + length);
    if (count == 0) {
      layout = new HistogramLayout(0, 0, List.of(), List.of(), List.of());
      positive = 0;
      negative = 0;
      return;
    }
    layout = HistogramLayout.read(in);
    positive = HistogramLayout.buckets(layout.positiveSpans());
    negative = HistogramLayout.buckets(layout.negativeSpans());
    if (positive + negative > in.remaining() || count > in.remaining()) {
      throw new CorruptChunkException(
          "cannot decode chunk: "
              + count
              + " histograms of "
              + (positive + negative)
              + " buckets in "
              + in.remaining()
              + " bits");
    }
  }

  void decode(SampleColumns into) throws CorruptChunkException {
    if (count > 0) {
      if (integer) {
        decodeInteger(into);
      } else {
        decodeFloat(into);
      }
    }
  }

  private CounterReset hint(int i) {
    return gauge ? CounterReset.GAUGE : i == 0 ? CounterReset.UNKNOWN : CounterReset.NOT_RESET;
  }

  private void add(
      SampleColumns into,
      int i,
      long time,
      double zero,
      double total,
      double sum,
      double[] pos,
      double[] neg) {
    Histogram h;
    if (Stale.isStale(sum)) {
      h = Histogram.stale();
    } else {
      h =
          new Histogram(
              hint(i),
              layout.schema(),
              layout.zeroThreshold(),
              zero,
              total,
              sum,
              layout.positiveSpans(),
              pos,
              layout.negativeSpans(),
              neg,
              layout.bounds());
      h = ResolutionReduction.toServable(h);
    }
    into.add(time, integer ? h.withIntegerCounts() : h);
  }

  private void decodeInteger(SampleColumns into) throws CorruptChunkException {
    long time = in.varint();
    long total = in.varuint();
    long zero = in.varuint();
    XorValue sum = new XorValue();
    sum.bits = in.bits(64);
    long[] pos = new long[positive];
    long[] neg = new long[negative];
    for (int b = 0; b < positive; b++) {
      pos[b] = in.varint();
    }
    for (int b = 0; b < negative; b++) {
      neg[b] = in.varint();
    }
    add(into, 0, time, unsigned(zero), unsigned(total), sum.value(), absolute(pos), absolute(neg));
    into.startTime(starts.first(in, time));
    long delta = 0;
    long totalDelta = 0;
    long zeroDelta = 0;
    long[] posDelta = new long[positive];
    long[] negDelta = new long[negative];
    for (int i = 1; i < count; i++) {
      long before = time;
      delta += in.varint();
      time = XorDecoder.step(time, delta, in);
      totalDelta += in.varint();
      total += totalDelta;
      zeroDelta += in.varint();
      zero += zeroDelta;
      sum.read(in);
      if (Stale.isStale(sum.value())) {
        add(into, i, time, 0, 0, sum.value(), NONE, NONE);
      } else {
        advance(pos, posDelta);
        advance(neg, negDelta);
        add(
            into,
            i,
            time,
            unsigned(zero),
            unsigned(total),
            sum.value(),
            absolute(pos),
            absolute(neg));
      }
      into.startTime(starts.next(in, i, before));
    }
  }

  private void advance(long[] values, long[] deltas) throws CorruptChunkException {
    for (int b = 0; b < values.length; b++) {
      deltas[b] += in.varint();
      values[b] += deltas[b];
    }
  }

  /// Bucket counts from differences.
  private static double[] absolute(long[] differences) throws CorruptChunkException {
    double[] out = new double[differences.length];
    long v = 0;
    for (int b = 0; b < out.length; b++) {
      v += differences[b];
      if (v < 0) {
        throw new CorruptChunkException(
            "cannot decode chunk: bucket " + b + " holds " + v + " observations");
      }
      out[b] = v;
    }
    return out;
  }

  private static double unsigned(long v) {
    return v >= 0 ? v : (v >>> 1 | v & 1) * 2.0;
  }

  private void decodeFloat(SampleColumns into) throws CorruptChunkException {
    long time = in.varint();
    XorValue[] columns = new XorValue[3 + positive + negative];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = new XorValue();
      // Stored in the order count, zero count, sum, positive, negative.
      columns[c].bits = in.bits(64);
    }
    add(into, 0, columns, time);
    into.startTime(starts.first(in, time));
    long delta = 0;
    for (int i = 1; i < count; i++) {
      long before = time;
      delta += in.varint();
      time = XorDecoder.step(time, delta, in);
      for (int c = 0; c < columns.length; c++) {
        columns[c].read(in);
        if (c == 2 && Stale.isStale(columns[2].value())) {
          break;
        }
      }
      add(into, i, columns, time);
      into.startTime(starts.next(in, i, before));
    }
  }

  private void add(SampleColumns into, int i, XorValue[] columns, long time) {
    if (Stale.isStale(columns[2].value())) {
      add(into, i, time, 0, 0, columns[2].value(), NONE, NONE);
      return;
    }
    double[] pos = new double[positive];
    double[] neg = new double[negative];
    for (int b = 0; b < positive; b++) {
      pos[b] = columns[3 + b].value();
    }
    for (int b = 0; b < negative; b++) {
      neg[b] = columns[3 + positive + b].value();
    }
    add(into, i, time, columns[1].value(), columns[0].value(), columns[2].value(), pos, neg);
  }
}
