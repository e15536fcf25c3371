package io.lamella.gateway.backtest;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A maintenance window `[start, end)`.
///
/// @param id unique within a backtest
/// @param labels of what is maintained, each with one value or several
public record Window(
    String id, long startMillis, long endMillis, SortedMap<String, List<String>> labels) {
  public Window {
    if (endMillis <= startMillis) {
      throw new IllegalArgumentException(
          "cannot make window \""
              + id
              + "\": end "
              + endMillis
              + " is not after start "
              + startMillis);
    }
    SortedMap<String, List<String>> copy = new TreeMap<>();
    labels.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    labels = copy;
  }

  /// The same window at another time.
  Window shifted(long millis) {
    return new Window(id, startMillis + millis, endMillis + millis, labels);
  }
}
