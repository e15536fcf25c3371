package io.lamella.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A maintenance window `[start, end)` to judge.
///
/// @param id unique within a request
/// @param labels of what is maintained, each with one value or several; constraints read the label
///   `dc_id` as `$dc_id`
public record Window(String id, Instant start, Instant end, Map<String, List<String>> labels) {
  public Window {
    Map<String, List<String>> copy = new TreeMap<>();
    labels.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    labels = copy;
  }

  /// A window without labels.
  public Window(String id, Instant start, Instant end) {
    this(id, start, end, Map.of());
  }

  /// The same with one more label.
  public Window withLabel(String name, String... values) {
    Map<String, List<String>> more = new TreeMap<>(labels);
    more.put(name, List.of(values));
    return new Window(id, start, end, more);
  }
}
