package io.lamella.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The sum of what parts of a backtest have cost. Not thread-safe.
final class Cost {
  private static final List<String> NAMES =
      List.of("store_requests", "store_bytes", "cached_bytes", "samples");

  private final Map<String, Long> sums = new LinkedHashMap<>();

  /// @param progress the last progress line of a part
  void add(Map<?, ?> progress) {
    for (String name : NAMES) {
      if (progress.get(name) instanceof String s && s.matches("[0-9]{1,18}")) {
        sums.merge(name, Long.parseLong(s), Long::sum);
      }
    }
  }

  void add(Cost other) {
    other.sums.forEach((name, n) -> sums.merge(name, n, Long::sum));
  }

  /// As in a progress line.
  Map<String, String> members() {
    Map<String, String> out = new LinkedHashMap<>();
    NAMES.forEach(n -> out.put(n, Long.toString(sums.getOrDefault(n, 0L))));
    return out;
  }
}
