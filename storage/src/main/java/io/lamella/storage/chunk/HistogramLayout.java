package io.lamella.storage.chunk;

import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The header of a histogram chunk, which all its histograms share: zero threshold, schema, spans,
/// custom bounds. The name is that of Prometheus' chunk format.
record HistogramLayout(
    double zeroThreshold,
    int schema,
    List<Span> positiveSpans,
    List<Span> negativeSpans,
    List<Double> customValues) {
  private static final int MIN_SCHEMA = -9;
  private static final int MAX_SCHEMA = 52;

  /// The maximum number of buckets. Neither Lamella nor Prometheus writes more; a header with more
  /// is refused before memory is allocated.
  private static final int MAX_BUCKETS = 1 << 16;

  HistogramLayout {
    positiveSpans = List.copyOf(positiveSpans);
    negativeSpans = List.copyOf(negativeSpans);
    customValues = List.copyOf(customValues);
  }

  static HistogramLayout of(Histogram h) {
    return new HistogramLayout(
        h.zeroThreshold(),
        h.schema(),
        h.positiveSpans(),
        h.negativeSpans(),
        Arrays.stream(h.customValues()).boxed().toList());
  }

  double[] bounds() {
    return customValues.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static int buckets(List<Span> spans) {
    return spans.stream().mapToInt(Span::length).sum();
  }

  static HistogramLayout read(BitReader in) throws CorruptChunkException {
    double threshold = threshold(in);
    long schema = in.varint();
    if (schema != Histogram.CUSTOM_BUCKETS && (schema < MIN_SCHEMA || schema > MAX_SCHEMA)) {
      throw new CorruptChunkException("cannot decode chunk: histogram schema " + schema);
    }
    List<Span> positive = spans(in);
    List<Span> negative = spans(in);
    List<Double> custom = schema == Histogram.CUSTOM_BUCKETS ? bounds(in) : List.of();
    HistogramLayout layout =
        new HistogramLayout(threshold, (int) schema, positive, negative, custom);
    if (schema == Histogram.CUSTOM_BUCKETS) {
      layout.checkCustom();
    }
    return layout;
  }

  private void checkCustom() throws CorruptChunkException {
    long last = 0;
    for (Span s : positiveSpans) {
      last += (long) s.offset() + s.length();
    }
    if (!negativeSpans.isEmpty()
        || last > customValues.size() + 1L
        || positiveSpans.stream().anyMatch(s -> s.offset() < 0)) {
      throw new CorruptChunkException(
          "cannot decode chunk: spans "
              + positiveSpans
              + " for "
              + customValues.size()
              + " custom bounds");
    }
    for (int i = 1; i < customValues.size(); i++) {
      if (!(customValues.get(i) > customValues.get(i - 1))) {
        throw new CorruptChunkException(
            "cannot decode chunk: custom bounds " + customValues + " do not ascend");
      }
    }
  }

  private static double threshold(BitReader in) throws CorruptChunkException {
    int b = (int) in.bits(8);
    return switch (b) {
      case 0 -> 0;
      case 255 -> in.number();
      default -> Math.scalb(1.0, b - 244);
    };
  }

  private static List<Span> spans(BitReader in) throws CorruptChunkException {
    long count = in.varuint();
    if (count < 0 || count > in.remaining() / 2) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + count + " spans in " + in.remaining() + " bits");
    }
    List<Span> out = new ArrayList<>();
    long total = 0;
    long index = 0;
    for (int i = 0; i < count; i++) {
      long length = in.varuint();
      long offset = in.varint();
      total += length;
      index += offset + length;
      if (length < 0
          || total > MAX_BUCKETS
          || offset != (int) offset
          || i > 0 && offset < 0
          || index != (int) index) {
        throw new CorruptChunkException(
            "cannot decode chunk: span of " + length + " buckets at offset " + offset);
      }
      out.add(new Span((int) offset, (int) length));
    }
    return out;
  }

  private static List<Double> bounds(BitReader in) throws CorruptChunkException {
    long count = in.varuint();
    if (count < 0 || count > in.remaining() || count > MAX_BUCKETS) {
      throw new CorruptChunkException(
          "cannot decode chunk: " + count + " custom bounds in " + in.remaining() + " bits");
    }
    List<Double> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long u = in.varuint();
      out.add(u == 0 ? in.number() : (u - 1) / 1000.0);
    }
    return out;
  }

  void write(BitWriter out) {
    if (zeroThreshold == 0 && 1 / zeroThreshold > 0) {
      out.bits(0, 8);
    } else {
      int exponent = Math.getExponent(zeroThreshold);
      boolean power =
          zeroThreshold > 0
              && Math.scalb(1.0, exponent) == zeroThreshold
              && exponent >= -243
              && exponent <= 10;
      if (power) {
        out.bits(exponent + 244, 8);
      } else {
        out.bits(255, 8);
        out.number(zeroThreshold);
      }
    }
    out.varint(schema);
    write(out, positiveSpans);
    write(out, negativeSpans);
    if (schema == Histogram.CUSTOM_BUCKETS) {
      out.varuint(customValues.size());
      for (double v : customValues) {
        double scaled = v * 1000;
        long whole = Math.round(scaled);
        if (whole >= 0 && whole <= 33_554_430 && whole / 1000.0 == v && (v != 0 || 1 / v > 0)) {
          out.varuint(whole + 1);
        } else {
          out.varuint(0);
          out.number(v);
        }
      }
    }
  }

  private static void write(BitWriter out, List<Span> spans) {
    out.varuint(spans.size());
    for (Span s : spans) {
      out.varuint(s.length());
      out.varint(s.offset());
    }
  }
}
