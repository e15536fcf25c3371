package io.lamella.gateway.association;

import io.lamella.gateway.association.Association.Direction;
import io.lamella.model.TimeRange;
import io.lamella.model.Utf8Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Which values of two labels are on one series of a block, and when: from the first sample of each
/// such series to its last one. Immutable.
///
/// Values are kept once, in order, and pairs as their numbers: by first value, and once more by
/// second value. Of several series with the same pair only the times are kept, as intervals that
/// are apart.
public final class LabelPairs {
  private static final long OBJECT_BYTES = 300;
  private static final long TEXT_BYTES = 64;
  private static final long PAIR_BYTES = 20;

  private final String[] firsts;
  private final String[] seconds;
  private final Links forward;
  private final Links inverse;

  /// By pair, where its intervals begin among all; one more at the end.
  private final int[] intervalsFrom;

  /// First and last time of each interval, one after the other.
  private final long[] intervals;

  private final long bytes;

  /// The pairs of each value of one label.
  ///
  /// @param from by value, where its pairs begin; one more at the end
  /// @param others the value of the other label in each
  /// @param pairs the number of each
  private static final class Links {
    final int[] from;
    final int[] others;
    final int[] pairs;

    Links(int[] from, int[] others, int[] pairs) {
      this.from = from;
      this.others = others;
      this.pairs = pairs;
    }
  }

  /// Collects the pairs of one block.
  public static final class Builder {
    private final Map<String, Map<String, List<TimeRange>>> times =
        new TreeMap<>(Utf8Order.COMPARATOR);
    private long bytes = OBJECT_BYTES;

    /// Adds a series. A value may be empty: then there is no pair.
    ///
    /// @param samples from its first to its last sample
    /// @return how many bytes more are held until the pairs are built
    public long add(String first, String second, TimeRange samples) {
      if (first.isEmpty() || second.isEmpty()) {
        return 0;
      }
      long before = bytes;
      Map<String, List<TimeRange>> ofFirst =
          times.computeIfAbsent(
              first,
              f -> {
                bytes += 2 * TEXT_BYTES + 2L * f.length();
                return new HashMap<>();
              });
      List<TimeRange> ofPair =
          ofFirst.computeIfAbsent(
              second,
              s -> {
                bytes += 3 * TEXT_BYTES + 2L * s.length();
                return new ArrayList<>(1);
              });
      if (!ofPair.isEmpty() && ofPair.getLast().overlaps(samples)) {
        ofPair.set(ofPair.size() - 1, ofPair.getLast().union(samples));
      } else {
        bytes += TEXT_BYTES;
        ofPair.add(samples);
      }
      return bytes - before;
    }

    public LabelPairs build() {
      return new LabelPairs(times);
    }
  }

  private LabelPairs(Map<String, Map<String, List<TimeRange>>> times) {
    firsts = times.keySet().toArray(String[]::new);
    seconds =
        times.values().stream()
            .flatMap(m -> m.keySet().stream())
            .distinct()
            .sorted(Utf8Order.COMPARATOR)
            .toArray(String[]::new);
    int count = times.values().stream().mapToInt(Map::size).sum();
    int[] from = new int[firsts.length + 1];
    int[] others = new int[count];
    intervalsFrom = new int[count + 1];
    List<TimeRange> all = new ArrayList<>();
    int pair = 0;
    for (int f = 0; f < firsts.length; f++) {
      Map<String, List<TimeRange>> unordered = times.getOrDefault(firsts[f], Map.of());
      Map<String, List<TimeRange>> ofFirst = new TreeMap<>(Utf8Order.COMPARATOR);
      ofFirst.putAll(unordered);
      for (Map.Entry<String, List<TimeRange>> e : ofFirst.entrySet()) {
        others[pair] = Arrays.binarySearch(seconds, e.getKey(), Utf8Order.COMPARATOR);
        all.addAll(TimeRange.merged(e.getValue(), List.of()));
        intervalsFrom[++pair] = all.size();
      }
      from[f + 1] = pair;
    }
    intervals = new long[2 * all.size()];
    for (int i = 0; i < all.size(); i++) {
      intervals[2 * i] = all.get(i).startMillis();
      intervals[2 * i + 1] = all.get(i).endMillis();
    }
    forward = new Links(from, others, numbers(count));
    inverse = inverse(forward, seconds.length);
    bytes = OBJECT_BYTES + textBytes() + PAIR_BYTES * count + 8L * intervals.length;
  }

  private static int[] numbers(int count) {
    int[] out = new int[count];
    for (int i = 0; i < count; i++) {
      out[i] = i;
    }
    return out;
  }

  /// The same pairs by their other values. Those of one value stay in order.
  private static Links inverse(Links links, int values) {
    int[] from = new int[values + 1];
    for (int other : links.others) {
      from[other + 1]++;
    }
    for (int v = 0; v < values; v++) {
      from[v + 1] += from[v];
    }
    int[] next = Arrays.copyOf(from, values);
    int[] others = new int[links.others.length];
    int[] pairs = new int[links.others.length];
    for (int value = 0; value + 1 < links.from.length; value++) {
      for (int i = links.from[value]; i < links.from[value + 1]; i++) {
        int at = next[links.others[i]]++;
        others[at] = value;
        pairs[at] = links.pairs[i];
      }
    }
    return new Links(from, others, pairs);
  }

  private long textBytes() {
    long out = 0;
    for (String[] values : List.of(firsts, seconds)) {
      for (String v : values) {
        out += TEXT_BYTES + 2L * v.length();
      }
    }
    return out;
  }

  /// Estimated bytes in memory.
  public long bytes() {
    return bytes;
  }

  /// All values of the label that a lookup in this direction is given.
  public List<String> ids(Direction direction) {
    return List.of(
        switch (direction) {
          case FORWARD -> firsts;
          case INVERSE -> seconds;
        });
  }

  /// Finds the values that are on one series with a value, in order, each once.
  ///
  /// @param range in which a time between the series' first and last sample must be
  public void find(Direction direction, String id, TimeRange range, Consumer<String> to) {
    switch (direction) {
      case FORWARD -> find(forward, firsts, seconds, id, range, to);
      case INVERSE -> find(inverse, seconds, firsts, id, range, to);
    }
  }

  private void find(
      Links links,
      String[] given,
      String[] found,
      String id,
      TimeRange range,
      Consumer<String> to) {
    int at = Arrays.binarySearch(given, id, Utf8Order.COMPARATOR);
    if (at < 0) {
      return;
    }
    for (int i = links.from[at]; i < links.from[at + 1]; i++) {
      if (holds(links.pairs[i], range)) {
        to.accept(found[links.others[i]]);
      }
    }
  }

  private boolean holds(int pair, TimeRange range) {
    for (int i = intervalsFrom[pair]; i < intervalsFrom[pair + 1]; i++) {
      if (intervals[2 * i] <= range.endMillis() && intervals[2 * i + 1] >= range.startMillis()) {
        return true;
      }
    }
    return false;
  }
}
