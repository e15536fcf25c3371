package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.Labels;
import io.lamella.model.Utf8Order;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// How many series have each metric name, label and value, as Prometheus counts those of its head:
/// the largest counts of each kind, in descending order, and of equal counts by name. Immutable.
///
/// @param labelPairs distinct pairs of label and value
/// @param seriesByMetric by metric name
/// @param valuesByLabel distinct values by label
/// @param bytesByLabel of the labels of all series, by label, in Prometheus' memory
/// @param seriesByPair by `label=value`
public record SeriesCounts(
    long labelPairs,
    List<Count> seriesByMetric,
    List<Count> valuesByLabel,
    List<Count> bytesByLabel,
    List<Count> seriesByPair) {
  public static final SeriesCounts NONE =
      new SeriesCounts(0, List.of(), List.of(), List.of(), List.of());

  /// The objects of a pair: entry, counter, and the entries of tables.
  private static final long BYTES_PER_PAIR = 120;

  private static final Comparator<Count> ASCENDING =
      Comparator.comparingLong(Count::count)
          .thenComparing(Count::name, Utf8Order.COMPARATOR.reversed());

  public SeriesCounts {
    seriesByMetric = List.copyOf(seriesByMetric);
    valuesByLabel = List.copyOf(valuesByLabel);
    bytesByLabel = List.copyOf(bytesByLabel);
    seriesByPair = List.copyOf(seriesByPair);
  }

  /// What is counted.
  public record Count(String name, long count) {}

  /// The bytes of memory that this takes.
  long weight() {
    return ResultBytes.ofStrings(
        java.util.stream.Stream.of(seriesByMetric, valuesByLabel, bytesByLabel, seriesByPair)
            .flatMap(List::stream)
            .map(Count::name)
            .toList());
  }

  /// Counts series. Not thread-safe.
  static final class Counter {
    private final QueryBudget budget;
    private final Map<String, Map<String, long[]>> series = new HashMap<>();

    /// @param budget that tables are reserved on
    Counter(QueryBudget budget) {
      this.budget = budget;
    }

    void add(Labels labels) {
      for (int i = 0; i < labels.size(); i++) {
        Map<String, long[]> values = series.computeIfAbsent(labels.name(i), _ -> new HashMap<>());
        long[] count = values.get(labels.value(i));
        if (count == null) {
          budget.reserveMemory(BYTES_PER_PAIR + 2L * labels.value(i).length());
          count = new long[1];
          values.put(labels.value(i), count);
        }
        count[0]++;
      }
    }

    /// @param max entries of each list
    SeriesCounts largest(int max) {
      budget.reserveMemory(4 * BYTES_PER_PAIR * Math.min(max, pairs()));
      Largest metrics = new Largest(max);
      Largest values = new Largest(max);
      Largest bytes = new Largest(max);
      Largest pairs = new Largest(max);
      series.forEach((label, counts) -> {
        long size = 0;
        for (Map.Entry<String, long[]> e : counts.entrySet()) {
          long count = e.getValue()[0];
          size += count * (stored(label) + stored(e.getKey()));
          pairs.add(label + "=" + e.getKey(), count);
          if (label.equals(Labels.METRIC_NAME)) {
            metrics.add(e.getKey(), count);
          }
        }
        values.add(label, counts.size());
        bytes.add(label, size);
      });
      return new SeriesCounts(
          pairs(),
          metrics.descending(),
          values.descending(),
          bytes.descending(),
          pairs.descending());
    }

    private long pairs() {
      return series.values().stream().mapToLong(Map::size).sum();
    }

    /// Prometheus stores a label's name and value with their lengths, in one byte or four.
    private static long stored(String text) {
      int length = text.getBytes(StandardCharsets.UTF_8).length;
      return length + (length < 255 ? 1 : 4);
    }
  }

  /// The largest of many counts.
  private static final class Largest {
    private final int max;
    private final PriorityQueue<Count> kept = new PriorityQueue<>(ASCENDING);

    Largest(int max) {
      this.max = max;
    }

    void add(String name, long count) {
      if (kept.size() == max && kept.element().count() > count) {
        return;
      }
      kept.add(new Count(name, count));
      if (kept.size() > max) {
        kept.remove();
      }
    }

    List<Count> descending() {
      List<Count> out = new ArrayList<>(kept);
      out.sort(Collections.reverseOrder(ASCENDING));
      return out;
    }
  }
}
