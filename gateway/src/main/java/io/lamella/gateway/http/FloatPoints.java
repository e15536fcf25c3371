package io.lamella.gateway.http;

import io.lamella.promql.MatrixSeries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Prints the floats of range results. Most of the text of such a result is told twice: each series
/// has the same times, and of a gauge most values are the value before. So the text of each time is
/// made once a result, that of a value once a run, and a point costs two copies.
final class FloatPoints {
  private static final byte[] FIRST = ascii(",\"values\":[");
  private static final byte[] NEXT = ascii(",");
  private static final byte[] END = ascii("]");
  private static final byte[] NOTHING = {};

  private long[] times = {};
  private byte[][] openings = {};
  private int known;

  /// Appends `,"values":[…]`, or nothing where the series has no floats.
  void append(JsonOut out, MatrixSeries series) throws IOException {
    int size = series.size();
    prepare(series.times(), size);
    double[] values = series.values();
    boolean histograms = series.hasHistograms();
    StringBuilder value = new StringBuilder(32);
    byte[] closing = NOTHING;
    long bits = 0;
    boolean any = false;
    for (int i = 0; i < size; i++) {
      if (histograms && series.histogramAt(i) != null) {
        continue;
      }
      long b = Double.doubleToRawLongBits(values[i]);
      if (b != bits || closing == NOTHING) {
        value.setLength(0);
        GoNumbers.append(value, values[i]);
        closing = ascii(value.append("\"]"));
        bits = b;
      }
      out.add(any ? NEXT : FIRST);
      out.add(openings[i]);
      out.add(closing);
      any = true;
    }
    if (any) {
      out.add(END);
    }
  }

  private static byte[] ascii(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Makes the openings of these times, as far as they are not those of the series before.
  private void prepare(long[] of, int size) {
    int same = times == of ? Math.min(known, size) : Arrays.mismatch(times, 0, known, of, 0, size);
    if (same < 0 || same == size) {
      return;
    }
    if (openings.length < size) {
      openings = Arrays.copyOf(openings, size);
    }
    StringBuilder text = new StringBuilder(32);
    for (int i = same; i < size; i++) {
      text.setLength(0);
      text.append('[');
      GoNumbers.appendTime(text, of[i]);
      openings[i] = ascii(text.append(",\""));
    }
    times = of;
    known = size;
  }
}
