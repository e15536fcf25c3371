package io.lamella.promql;

import java.util.List;
import java.util.function.Supplier;

/// Runs what walks a syntax tree, on a thread whose stack fits the deepest tree that a query of
/// this text can have. So neither long operator chains nor deep nesting depend on the stack of the
/// calling thread. Most queries are shallow and run on the calling thread.
final class DeepStack {
  /// This many levels fit into any stack.
  private static final int SHALLOW = 100;

  /// Parsing, printing and evaluating take about 1 KiB a level before they are compiled.
  private static final long BYTES_PER_LEVEL = 8 << 10;

  private static final long SPARE_BYTES = 1 << 20;

  /// More levels than the parser accepts.
  private static final int MAX_LEVELS = 12_000;

  private DeepStack() {}

  /// Runs the work and waits for it. Interrupting the calling thread interrupts the work.
  static <T> T run(String query, Supplier<T> work) {
    return run(List.of(query), work);
  }

  /// The same for several queries.
  static <T> T run(List<String> queries, Supplier<T> work) {
    int deepest = queries.stream().mapToInt(DeepStack::levels).max().orElse(0);
    int levels = Math.min(deepest, MAX_LEVELS);
    if (levels <= SHALLOW) {
      return work.get();
    }
    return OwnThread.run("query", SPARE_BYTES + levels * BYTES_PER_LEVEL, work);
  }

  /// At least the number of levels of the tree: each has an operator, a bracket or a word operator,
  /// which needs a space unless it follows a bracket.
  private static int levels(String query) {
    int levels = 0;
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      boolean isPlain =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
      levels += isPlain ? 0 : 1;
    }
    return levels;
  }
}
