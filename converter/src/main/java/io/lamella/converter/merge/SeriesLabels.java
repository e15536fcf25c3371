package io.lamella.converter.merge;

import io.lamella.storage.block.SortKey;
import io.lamella.storage.tsdb.SeriesEntry;
import java.util.Arrays;
import java.util.List;

/// The labels of one series of an input as symbol numbers: its own, with the row labels of the
/// input in their places. A buffer that is filled for one series after another.
final class SeriesLabels {
  private final int[] ranks;
  private final int[] rowLabels;
  private final int[] keyNames;
  private final int[] key;
  private int[] pairs = new int[32];
  private int length;

  SeriesLabels(List<MergeInput> inputs, int input, SymbolRanks symbols, SortKey sortKey) {
    this.ranks = symbols.of(input);
    this.rowLabels = new int[2 * inputs.get(input).rowLabels().size()];
    for (int i = 0; i < rowLabels.length; i += 2) {
      rowLabels[i] = symbols.find(inputs.get(input).rowLabels().name(i / 2));
      rowLabels[i + 1] = symbols.find(inputs.get(input).rowLabels().value(i / 2));
    }
    this.keyNames = sortKey.labels().stream().mapToInt(symbols::find).toArray();
    this.key = new int[keyNames.length];
  }

  void read(SeriesEntry series) {
    int max = 2 * series.labelCount() + rowLabels.length;
    if (pairs.length < max) {
      pairs = new int[2 * max];
    }
    length = 0;
    int row = 0;
    for (int i = 0; i < series.labelCount(); i++) {
      int name = ranks[series.name(i)];
      while (row < rowLabels.length && rowLabels[row] < name) {
        add(rowLabels[row], rowLabels[row + 1]);
        row += 2;
      }
      if (row < rowLabels.length && rowLabels[row] == name) {
        add(name, rowLabels[row + 1]);
        row += 2;
      } else {
        add(name, ranks[series.value(i)]);
      }
    }
    while (row < rowLabels.length) {
      add(rowLabels[row], rowLabels[row + 1]);
      row += 2;
    }
    for (int k = 0; k < key.length; k++) {
      key[k] = -1;
      for (int i = 0; i < length; i += 2) {
        if (pairs[i] == keyNames[k]) {
          key[k] = pairs[i + 1];
          break;
        }
      }
    }
  }

  private void add(int name, int value) {
    pairs[length++] = name;
    pairs[length++] = value;
  }

  /// The value of the sort key's `k`-th label, −1 where it is absent.
  int key(int k) {
    return key[k];
  }

  /// A copy: name, value, name, value …, ascending by name.
  int[] copy() {
    return Arrays.copyOf(pairs, length);
  }

  /// As [#copy]; returns `into` where it has the right length.
  int[] copyInto(int[] into) {
    if (into.length != length) {
      return copy();
    }
    System.arraycopy(pairs, 0, into, 0, length);
    return into;
  }

  /// By the values of the sort key's labels, a missing one first, then by all labels.
  int compareTo(SeriesLabels other) {
    for (int k = 0; k < key.length; k++) {
      if (key[k] != other.key[k]) {
        return Integer.compare(key[k], other.key[k]);
      }
    }
    return compareAll(other.pairs, other.length);
  }

  /// By all labels.
  int compareAll(int[] otherPairs, int otherLength) {
    return Arrays.compare(pairs, 0, length, otherPairs, 0, otherLength);
  }

  boolean isEqual(int[] otherPairs) {
    return Arrays.equals(pairs, 0, length, otherPairs, 0, otherPairs.length);
  }
}
