package io.lamella.promql.exec;

import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A series over all steps as it is kept in memory: only its elements, and a bitmap from the first
/// to the last 64 steps that have any. So a short series is small, however many steps there are.
/// Immutable.
public final class StoredSeries {
  private static final int OBJECTS = 160;

  private final Labels labels;
  private final boolean dropsName;
  private final int firstWord;
  private final long[] words;

  /// The number of elements before each word; null where every step has an element.
  private final int @Nullable [] before;

  private final double[] values;
  private final @Nullable Histogram @Nullable [] histograms;

  private final long bytes;

  private StoredSeries(StepSeries s, long bytes) {
    this.bytes = bytes;
    labels = s.labels();
    dropsName = s.dropsName();
    long[] present = s.present();
    int from = 0;
    int to = present.length;
    while (from < to && present[from] == 0) {
      from++;
    }
    while (to > from && present[to - 1] == 0) {
      to--;
    }
    firstWord = from;
    words = Arrays.copyOfRange(present, from, to);
    int count = s.count();
    if (count == s.steps()) {
      before = null;
      values = Arrays.copyOf(s.values(), count);
      histograms = s.hasHistograms() ? copyHistograms(s, count) : null;
      return;
    }
    int[] ranks = new int[words.length];
    double[] packed = new double[count];
    @Nullable Histogram[] packedHistograms = s.hasHistograms() ? new Histogram[count] : null;
    int n = 0;
    for (int w = 0; w < words.length; w++) {
      ranks[w] = n;
      for (long bits = words[w]; bits != 0; bits &= bits - 1) {
        int i = ((from + w) << 6) + Long.numberOfTrailingZeros(bits);
        packed[n] = s.values()[i];
        if (packedHistograms != null) {
          packedHistograms[n] = s.histogram(i);
        }
        n++;
      }
    }
    before = ranks;
    values = packed;
    histograms = packedHistograms;
  }

  private static @Nullable Histogram[] copyHistograms(StepSeries s, int count) {
    @Nullable Histogram[] out = new Histogram[count];
    for (int i = 0; i < count; i++) {
      out[i] = s.histogram(i);
    }
    return out;
  }

  /// A copy of what a buffer holds.
  ///
  /// @param bytes its size, as [#bytes(StepSeries)] has it
  static StoredSeries of(StepSeries s, long bytes) {
    return new StoredSeries(s, bytes);
  }

  long bytes() {
    return bytes;
  }

  /// The size of the copy of a buffer.
  static long bytes(StepSeries s) {
    long bytes = OBJECTS + QueryMemory.of(s.labels()) + 12L * s.present().length + 8L * s.count();
    return s.hasHistograms() ? bytes + histogramBytes(s) : bytes;
  }

  /// The size of the histograms in a buffer.
  public static long histogramBytes(StepSeries s) {
    long bytes = 4L * s.count();
    Histogram last = null;
    for (int i = 0; i < s.steps(); i++) {
      Histogram h = s.histogram(i);
      if (h != null && h != last) {
        bytes += QueryMemory.of(h);
        last = h;
      }
    }
    return bytes;
  }

  public Labels labels() {
    return labels;
  }

  public boolean dropsName() {
    return dropsName;
  }

  public int count() {
    return values.length;
  }

  public boolean hasHistograms() {
    return histograms != null;
  }

  /// The presence of steps `64 * w` to `64 * w + 63`.
  public long word(int w) {
    int at = w - firstWord;
    return at < 0 || at >= words.length ? 0 : words[at];
  }

  public boolean has(int i) {
    return before == null || (word(i >> 6) & (1L << i)) != 0;
  }

  /// The value of a step that has an element.
  public double value(int i) {
    return before == null ? values[i] : values[index(i)];
  }

  /// The histogram of a step; null where its element is a float or there is none.
  public @Nullable Histogram histogram(int i) {
    return histograms == null || !has(i) ? null : histograms[index(i)];
  }

  private int index(int i) {
    int[] ranks = before;
    if (ranks == null) {
      return i;
    }
    int w = (i >> 6) - firstWord;
    return ranks[w] + Long.bitCount(words[w] & ((1L << i) - 1));
  }

  /// The series as a buffer, without a copy where it has a float at every step. Not to be changed.
  ///
  /// @param scratch is filled otherwise
  public StepSeries expanded(StepSeries scratch) {
    if (before == null && histograms == null) {
      return StepSeries.full(labels, dropsName, values, words);
    }
    copyTo(scratch);
    return scratch;
  }

  /// Adds the steps that have an element to a bitmap over all steps.
  public void markIn(long[] bits) {
    for (int w = 0; w < words.length; w++) {
      bits[firstWord + w] |= words[w];
    }
  }

  /// Fills a buffer over the same steps.
  public void copyTo(StepSeries into) {
    into.reset(labels);
    into.dropsName(dropsName);
    if (before == null && histograms == null) {
      System.arraycopy(values, 0, into.values(), 0, values.length);
      System.arraycopy(words, 0, into.present(), 0, words.length);
    } else {
      addTo(into);
    }
  }

  /// Sets the elements in a buffer that may have others.
  void addTo(StepSeries into) {
    for (int w = 0; w < words.length; w++) {
      copy(w, words[w], into);
    }
  }

  /// Fills a buffer with the elements at some of the steps.
  ///
  /// @param picked a bitmap over all steps
  public void copyTo(StepSeries into, long[] picked) {
    into.reset(labels);
    into.dropsName(dropsName);
    for (int w = 0; w < words.length; w++) {
      copy(w, words[w] & picked[firstWord + w], into);
    }
  }

  private void copy(int w, long bits, StepSeries into) {
    for (long rest = bits; rest != 0; rest &= rest - 1) {
      int i = ((firstWord + w) << 6) + Long.numberOfTrailingZeros(rest);
      int at = index(i);
      Histogram h = histograms == null ? null : histograms[at];
      into.set(i, values[at], h);
    }
  }
}
