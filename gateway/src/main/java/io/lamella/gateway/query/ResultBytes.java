package io.lamella.gateway.query;

import io.lamella.model.Labels;
import java.util.Collection;

/// Estimated bytes of requests and results in memory.
final class ResultBytes {
  /// The syntax tree of the densest texts, such as `1+1+1`, takes so much for each character.
  private static final long TREE_BYTES_PER_CHARACTER = 128;

  /// A text made from a syntax tree: its names, numbers and indentation may take so much for each
  /// character of the query, up to the limit for such texts.
  private static final long MAX_TEXT_CHARACTERS = 16 << 20;

  private static final long TEXT_CHARACTERS_PER_CHARACTER = 1_000;

  private static final long LABELS_BYTES = 150;
  private static final long STRING_BYTES = 100;

  private ResultBytes() {}

  static long ofTree(long queryCharacters) {
    return TREE_BYTES_PER_CHARACTER * queryCharacters;
  }

  static long ofTreeText(long queryCharacters) {
    return 2 * Math.min(MAX_TEXT_CHARACTERS, TEXT_CHARACTERS_PER_CHARACTER * queryCharacters);
  }

  static long ofLabels(Collection<Labels> all) {
    long bytes = 0;
    for (Labels l : all) {
      bytes += LABELS_BYTES;
      for (int i = 0; i < l.size(); i++) {
        bytes += l.name(i).length() + l.value(i).length();
      }
    }
    return bytes;
  }

  static long ofStrings(Collection<String> all) {
    return all.stream().mapToLong(s -> STRING_BYTES + 2L * s.length()).sum();
  }
}
