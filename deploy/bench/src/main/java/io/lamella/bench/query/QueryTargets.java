package io.lamella.bench.query;

import io.lamella.bench.data.DataSize;
import io.lamella.bench.data.SplitMix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Chooses the parameters of queries at random: data centers and time ranges for which there is
/// data.
final class QueryTargets {
  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;
  static final long DAY = 24 * HOUR;

  private final SplitMix random;
  private final DataSize size;

  QueryTargets(SplitMix random, DataSize size) {
    this.random = random;
    this.size = size;
  }

  DataSize size() {
    return size;
  }

  int below(int bound) {
    return random.below(bound);
  }

  int dataCenter() {
    return 1 + random.below(size.dataCenters());
  }

  /// `n` different data centers, or all where there are fewer, as alternatives of a regular
  /// expression.
  String dataCenters(int n) {
    List<String> all = new ArrayList<>();
    for (int dc = 1; dc <= size.dataCenters(); dc++) {
      all.add(Integer.toString(dc));
    }
    for (int i = all.size() - 1; i > 0; i--) {
      Collections.swap(all, i, random.below(i + 1));
    }
    return String.join("|", all.subList(0, Math.min(n, all.size())));
  }

  /// The requested length, or as much as there is data for.
  private long length(long requestedMillis) {
    return Math.min(requestedMillis, size.endMillis() - size.startMillis() - HOUR);
  }

  /// A random full minute before which there is that much data.
  private long end(long lengthMillis) {
    long minutes = (size.endMillis() - size.startMillis() - lengthMillis) / MINUTE;
    return size.startMillis()
        + lengthMillis
        + (long) (random.unit() * Math.max(1, minutes)) * MINUTE;
  }

  BenchQuery instant(String expression) {
    return BenchQuery.instant(expression, end(HOUR));
  }

  BenchQuery range(String expression, long lengthMillis, long stepMillis) {
    long length = length(lengthMillis);
    long end = end(length);
    return BenchQuery.range(expression, end - length, end, stepMillis);
  }

  /// A query over one hour of the edge cases.
  BenchQuery edgeCase(String expression) {
    long start = size.edgeCaseStartMillis();
    return BenchQuery.range(expression, start + 30 * MINUTE, start + 90 * MINUTE, MINUTE);
  }

  long startMillis() {
    return size.startMillis();
  }

  long endMillis() {
    return size.endMillis();
  }
}
