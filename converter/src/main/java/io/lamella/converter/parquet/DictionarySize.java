package io.lamella.converter.parquet;

import java.util.Arrays;

/// The size of the distinct label values of the rows of a row group. A value that several labels
/// have counts once, so this is a lower bound of the size of their dictionaries.
final class DictionarySize {
  private final Symbols symbols;
  private final int[] seen;
  private int group = 1;
  private long bytes;

  DictionarySize(Symbols symbols) {
    this.symbols = symbols;
    this.seen = new int[symbols.size()];
  }

  /// Begins a row group.
  void clear() {
    bytes = 0;
    if (++group == Integer.MAX_VALUE) {
      Arrays.fill(seen, 0);
      group = 1;
    }
  }

  /// @param labels symbol numbers: name, value, name, value …
  void add(int[] labels) {
    for (int i = 1; i < labels.length; i += 2) {
      if (seen[labels[i]] != group) {
        seen[labels[i]] = group;
        bytes += 4 + symbols.value(labels[i]).length();
      }
    }
  }

  long bytes() {
    return bytes;
  }
}
