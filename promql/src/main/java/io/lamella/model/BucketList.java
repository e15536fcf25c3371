package io.lamella.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// Buckets of one sign while a histogram is being computed: ascending indexes, counts, and a Kahan
/// compensation for each count.
final class BucketList {
  private static final int[] NO_INDEXES = {};
  private static final double[] NO_COUNTS = {};

  int[] index;
  double[] count;
  double[] compensation;
  int size;

  BucketList(int capacity) {
    index = capacity == 0 ? NO_INDEXES : new int[capacity];
    count = capacity == 0 ? NO_COUNTS : new double[capacity];
    compensation = capacity == 0 ? NO_COUNTS : new double[capacity];
  }

  static BucketList of(List<Span> spans, double[] counts) {
    BucketList out = new BucketList(counts.length);
    out.set(spans, counts);
    return out;
  }

  /// Replaces the content with the buckets of a histogram.
  void set(List<Span> spans, double[] counts) {
    int n = counts.length;
    if (index.length < n) {
      index = new int[n];
      count = new double[n];
      compensation = new double[n];
    }
    int at = 0;
    int i = 0;
    for (int s = 0; s < spans.size(); s++) {
      Span span = spans.get(s);
      at += span.offset();
      for (int end = i + span.length(); i < end; i++) {
        index[i] = at++;
      }
    }
    System.arraycopy(counts, 0, count, 0, i);
    Arrays.fill(compensation, 0, i, 0);
    size = i;
  }

  void append(int bucket, double value) {
    if (size == index.length) {
      int capacity = size + (size >> 1) + 8;
      index = Arrays.copyOf(index, capacity);
      count = Arrays.copyOf(count, capacity);
      compensation = Arrays.copyOf(compensation, capacity);
    }
    index[size] = bucket;
    count[size] = value;
    compensation[size] = 0;
    size++;
  }

  double value(int i) {
    return count[i] + compensation[i];
  }

  /// Adds to the bucket at position `i`.
  void increase(int i, double value) {
    double sum = count[i];
    double t = sum + value;
    if (Double.isInfinite(t)) {
      compensation[i] = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      compensation[i] += (sum - t) + value;
    } else {
      compensation[i] += (value - t) + sum;
    }
    count[i] = t;
  }

  /// Adds bucket `j` of another list, times `factor`, to the one at position `i`.
  private void increase(int i, BucketList other, int j, double factor) {
    increase(i, factor * other.count[j]);
    if (other.compensation[j] != 0) {
      increase(i, factor * other.compensation[j]);
    }
  }

  /// The same buckets under other, still ascending indexes; equal ones are merged.
  BucketList mapped(IntUnaryOperator to) {
    BucketList out = new BucketList(size);
    for (int i = 0; i < size; i++) {
      int target = to.applyAsInt(index[i]);
      if (out.size > 0 && out.index[out.size - 1] == target) {
        out.increase(out.size - 1, this, i, 1);
      } else {
        out.append(target, count[i]);
        out.compensation[out.size - 1] = compensation[i];
      }
    }
    return out;
  }

  /// Adds each bucket of another list, times `factor`, to the bucket of this dense list that `to`
  /// gives for its index.
  void addTo(IntUnaryOperator to, BucketList other, double factor) {
    for (int i = 0; i < other.size; i++) {
      increase(to.applyAsInt(other.index[i]), other, i, factor);
    }
  }

  /// Drops the buckets whose count and compensation are 0, in place.
  BucketList withoutZeros() {
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (count[i] != 0 || compensation[i] != 0) {
        index[n] = index[i];
        count[n] = count[i];
        compensation[n] = compensation[i];
        n++;
      }
    }
    size = n;
    return this;
  }

  /// Adds all buckets of another list from position `from` on, each times `factor`.
  BucketList plus(BucketList other, double factor, int from) {
    if (sameIndexes(other)) {
      for (int i = from; i < size; i++) {
        increase(i, other, i, factor);
      }
      return this;
    }
    BucketList out = new BucketList(size + other.size);
    int i = 0;
    int j = from;
    while (i < size || j < other.size) {
      if (j >= other.size || i < size && index[i] <= other.index[j]) {
        out.append(index[i], count[i]);
        out.compensation[out.size - 1] = compensation[i];
        if (j < other.size && index[i] == other.index[j]) {
          out.increase(out.size - 1, other, j, factor);
          j++;
        }
        i++;
      } else {
        out.append(other.index[j], factor * other.count[j]);
        out.compensation[out.size - 1] = factor * other.compensation[j];
        j++;
      }
    }
    return out;
  }

  /// True where the spans describe exactly the buckets of this list.
  boolean isLayout(List<Span> spans) {
    int i = 0;
    int at = 0;
    for (int s = 0; s < spans.size(); s++) {
      Span span = spans.get(s);
      at += span.offset();
      if (size - i < span.length()) {
        return false;
      }
      for (int end = i + span.length(); i < end; i++) {
        if (index[i] != at++) {
          return false;
        }
      }
    }
    return i == size;
  }

  /// Adds the counts of a histogram whose spans fit ([#isLayout]) from position `from` on, each
  /// times `factor`.
  void add(double[] counts, double factor, int from) {
    for (int i = from; i < size; i++) {
      increase(i, factor * (counts[i] + 0.0));
    }
  }

  private boolean sameIndexes(BucketList other) {
    return size == other.size && Arrays.equals(index, 0, size, other.index, 0, size);
  }

  void scale(double factor) {
    for (int i = 0; i < size; i++) {
      count[i] *= factor;
      compensation[i] = compensation[i] == 0 ? 0 : compensation[i] * factor;
    }
  }

  void divide(double divisor) {
    for (int i = 0; i < size; i++) {
      count[i] /= divisor;
      compensation[i] /= divisor;
    }
  }

  /// Drops all compensations.
  void dropCompensation() {
    Arrays.fill(compensation, 0, size, 0);
  }

  /// The number of exponential buckets that end inside a zero bucket.
  int countInside(double zeroThreshold, int schema) {
    int n = 0;
    while (n < size && BucketBounds.exponential(index[n], schema) <= zeroThreshold) {
      n++;
    }
    return n;
  }

  /// The position of a bucket, or -1.
  int find(int bucket) {
    int i = Arrays.binarySearch(index, 0, size, bucket);
    return Math.max(i, -1);
  }

  BucketList copy() {
    BucketList out = new BucketList(size);
    System.arraycopy(index, 0, out.index, 0, size);
    System.arraycopy(count, 0, out.count, 0, size);
    System.arraycopy(compensation, 0, out.compensation, 0, size);
    out.size = size;
    return out;
  }

  /// A copy without empty buckets; this list itself where none is empty.
  BucketList compacted() {
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (value(i) != 0) {
        n++;
      }
    }
    if (n == size) {
      return this;
    }
    BucketList out = new BucketList(n);
    for (int i = 0; i < size; i++) {
      if (value(i) != 0) {
        out.append(index[i], value(i));
      }
    }
    return out;
  }

  /// Adds the compensations to the counts and drops empty buckets, in place.
  void applyCompensation() {
    int n = 0;
    for (int i = 0; i < size; i++) {
      double x = value(i);
      if (x != 0) {
        index[n] = index[i];
        count[n] = x;
        compensation[n] = 0;
        n++;
      }
    }
    size = n;
  }

  List<Span> spans() {
    if (size == 0) {
      return List.of();
    }
    if (index[size - 1] - index[0] == size - 1) {
      return List.of(new Span(index[0], size));
    }
    List<Span> out = new ArrayList<>();
    int i = 0;
    int end = 0;
    while (i < size) {
      int from = i;
      while (i + 1 < size && index[i + 1] == index[i] + 1) {
        i++;
      }
      i++;
      out.add(new Span(from == 0 ? index[from] : index[from] - end, i - from));
      end = index[i - 1] + 1;
    }
    return out;
  }

  double[] counts() {
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      out[i] = value(i);
    }
    return out;
  }
}
