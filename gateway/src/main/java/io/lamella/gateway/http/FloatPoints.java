package io.lamella.gateway.http;

import io.lamella.promql.MatrixSeries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Prints the floats of range results. Most of the text of such a result repeats: each series has
/// the same times, and most values of a gauge equal the previous one. So the text of each time is
/// made once per result, that of a value once per run of equal values, and a point costs two
/// copies.
final class FloatPoints {
  private static final byte[] FIRST = ascii(",\"values\":[");
  private static final byte[] NEXT = ascii(",");
  private static final byte[] END = ascii("]");
  private static final byte[] NONE = {};

  private long[] times = {};
  private byte[][] prefixes = {};
  private int prepared;

  /// Appends `,"values":[…]`, or nothing where the series has no floats.
  void append(ResponseStream out, MatrixSeries series) throws IOException {
    int size = series.size();
    prepare(series.times(), size);
    double[] values = series.values();
    boolean histograms = series.hasHistograms();
    StringBuilder value = new StringBuilder(32);
    byte[] suffix = NONE;
    long bits = 0;
    boolean any = false;
    for (int i = 0; i < size; i++) {
      if (histograms && series.histogramAt(i) != null) {
        continue;
      }
      long b = Double.doubleToRawLongBits(values[i]);
      if (b != bits || suffix == NONE) {
        value.setLength(0);
        GoNumbers.append(value, values[i]);
        suffix = ascii(value.append("\"]"));
        bits = b;
      }
      out.write(any ? NEXT : FIRST);
      out.write(prefixes[i]);
      out.write(suffix);
      any = true;
    }
    if (any) {
      out.write(END);
    }
  }

  private static byte[] ascii(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Prepares the text before each value, `[time,"`; times that the previous series has as well are
  /// reused.
  private void prepare(long[] newTimes, int size) {
    int same =
        times == newTimes
            ? Math.min(prepared, size)
            : Arrays.mismatch(times, 0, prepared, newTimes, 0, size);
    if (same < 0 || same == size) {
      return;
    }
    if (prefixes.length < size) {
      prefixes = Arrays.copyOf(prefixes, size);
    }
    StringBuilder text = new StringBuilder(32);
    for (int i = same; i < size; i++) {
      text.setLength(0);
      text.append('[');
      GoNumbers.appendTime(text, newTimes[i]);
      prefixes[i] = ascii(text.append(",\""));
    }
    times = newTimes;
    prepared = size;
  }
}
