package io.lamella.converter.merge;

import io.lamella.converter.parquet.Symbols;
import io.lamella.model.Utf8Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The strings of all source blocks of a day, each once. Strings are numbered as they are added;
/// [#sort] then renumbers them in UTF-8 order.
final class SortedSymbols implements Symbols {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> values = new ArrayList<>();

  /// The number of a string, valid until [#sort].
  int add(String s) {
    Integer number = numbers.get(s);
    if (number != null) {
      return number;
    }
    numbers.put(s, values.size());
    values.add(s);
    return values.size() - 1;
  }

  /// Sorts, and returns the new number of each old one.
  int[] sort() {
    numbers.clear();
    Integer[] order = new Integer[values.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Utf8Order.compare(values.get(a), values.get(b)));
    int[] rank = new int[order.length];
    List<String> sorted = new ArrayList<>(order.length);
    for (int i = 0; i < order.length; i++) {
      rank[order[i]] = i;
      sorted.add(values.get(order[i]));
    }
    values.clear();
    values.addAll(sorted);
    return rank;
  }

  /// The number of a string after [#sort], −1 where it does not occur.
  int find(String s) {
    int low = 0;
    int high = values.size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int c = Utf8Order.compare(values.get(mid), s);
      if (c == 0) {
        return mid;
      }
      if (c < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return -1;
  }

  @Override
  public String value(int number) {
    return values.get(number);
  }

  @Override
  public int size() {
    return values.size();
  }
}
