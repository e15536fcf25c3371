package io.lamella.storage.chunk;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import java.util.Arrays;
import java.util.List;

/// The samples that a merge keeps, in order of time: for each, the part that it comes from and its
/// index there. A reusable buffer; not thread-safe.
public final class SamplePicks {
  private long[] picks;
  private int size;

  public SamplePicks() {
    picks = new long[256];
  }

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// The part of the `i`-th kept sample.
  public int part(int i) {
    return (int) (picks[i] >>> 32);
  }

  /// The index of the `i`-th kept sample in its part.
  public int index(int i) {
    return (int) picks[i];
  }

  void add(int part, int index) {
    if (size == picks.length) {
      picks = Arrays.copyOf(picks, 2 * size);
    }
    picks[size++] = (long) part << 32 | index;
  }

  void addFrom(SamplePicks other, int i) {
    add(other.part(i), other.index(i));
  }

  /// Appends the kept samples to `out`.
  ///
  /// The hint of a histogram says whether there was a reset since the sample before it in its part.
  /// Where the merge puts another sample before it, a reset is unknown; a gauge stays one.
  /// Prometheus' merge of series does the same.
  public void appendTo(SampleColumns out, List<SampleColumns> parts) {
    int before = -1;
    int next = -1;
    for (int i = 0; i < size; i++) {
      int part = part(i);
      int index = index(i);
      SampleColumns from = parts.get(part);
      Histogram h = from.histogramAt(index);
      if (h == null || part == before && index == next || h.counterReset() == CounterReset.GAUGE) {
        out.addFrom(from, index);
      } else {
        out.add(from.times()[index], h.withCounterReset(CounterReset.UNKNOWN));
        out.startTime(from.startTimeAt(index));
      }
      before = part;
      next = index + 1;
    }
  }
}
