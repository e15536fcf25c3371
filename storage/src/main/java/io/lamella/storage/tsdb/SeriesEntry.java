package io.lamella.storage.tsdb;

import java.util.Arrays;

/// One series of the index: labels as symbol numbers, chunks as times and references. A buffer that
/// a reader reuses for each series; the arrays may be longer than the counts.
public final class SeriesEntry {
  private long ref;
  private int labelCount;
  private int[] labels = new int[32];
  private int chunkCount;
  private long[] minTimes = new long[16];
  private long[] maxTimes = new long[16];
  private long[] chunkRefs = new long[16];

  /// The series' reference, which postings and tombstones contain.
  public long ref() {
    return ref;
  }

  public int labelCount() {
    return labelCount;
  }

  /// Symbol number of a label's name.
  public int name(int i) {
    return labels[2 * i];
  }

  /// Symbol number of a label's value.
  public int value(int i) {
    return labels[2 * i + 1];
  }

  public int chunkCount() {
    return chunkCount;
  }

  /// Time of a chunk's first sample.
  public long minTimeMillis(int chunk) {
    return minTimes[chunk];
  }

  /// Time of a chunk's last sample.
  public long maxTimeMillis(int chunk) {
    return maxTimes[chunk];
  }

  public long chunkRef(int chunk) {
    return chunkRefs[chunk];
  }

  void start(long seriesRef) {
    ref = seriesRef;
    labelCount = 0;
    chunkCount = 0;
  }

  void addLabel(int name, int value) {
    if (2 * labelCount == labels.length) {
      labels = Arrays.copyOf(labels, 2 * labels.length);
    }
    labels[2 * labelCount] = name;
    labels[2 * labelCount + 1] = value;
    labelCount++;
  }

  void addChunk(long minTime, long maxTime, long chunkRef) {
    if (chunkCount == minTimes.length) {
      minTimes = Arrays.copyOf(minTimes, 2 * chunkCount);
      maxTimes = Arrays.copyOf(maxTimes, 2 * chunkCount);
      chunkRefs = Arrays.copyOf(chunkRefs, 2 * chunkCount);
    }
    minTimes[chunkCount] = minTime;
    maxTimes[chunkCount] = maxTime;
    chunkRefs[chunkCount] = chunkRef;
    chunkCount++;
  }
}
