package io.lamella.model;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// An immutable set of labels, sorted by name in [Utf8Order]; names are unique and no value is
/// empty, because an empty value means an absent label.
///
/// The order of label sets is that of Prometheus: name, value, name, value …; a prefix comes first.
public final class Labels implements Comparable<Labels> {
  public static final String METRIC_NAME = "__name__";
  public static final Labels EMPTY = new Labels(new String[0]);

  /// name, value, name, value …; never leaves this class.
  private final String[] pairs;

  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /// Labels of alternating names and values, in any order; an empty value is left out.
  ///
  /// @throws IllegalArgumentException for an odd count or a name given twice
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("cannot build labels: a name without a value");
    }
    LabelsBuilder b = new LabelsBuilder(namesAndValues.length / 2);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      b.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return b.build();
  }

  public static Labels of(Map<String, String> map) {
    LabelsBuilder b = new LabelsBuilder(map.size());
    map.forEach(b::add);
    return b.build();
  }

  /// Labels of pairs that are sorted by name, unique and without empty values; the array is owned
  /// by the labels from now on.
  static Labels ofSorted(String[] sortedPairs) {
    return sortedPairs.length == 0 ? EMPTY : new Labels(sortedPairs);
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public String name(int i) {
    return pairs[2 * i];
  }

  public String value(int i) {
    return pairs[2 * i + 1];
  }

  /// The value of a label; the empty string where it is absent.
  public String value(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return true;
      }
    }
    return false;
  }

  /// The value of `__name__`; empty where there is none.
  public String metricName() {
    return value(METRIC_NAME);
  }

  public void forEach(BiConsumer<String, String> consumer) {
    for (int i = 0; i < pairs.length; i += 2) {
      consumer.accept(pairs[i], pairs[i + 1]);
    }
  }

  /// A builder that starts with these labels.
  public LabelsBuilder toBuilder() {
    return new LabelsBuilder(this);
  }

  /// A copy as a sorted map.
  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>(Utf8Order.COMPARATOR);
    forEach(map::put);
    return map;
  }

  @Override
  public int compareTo(Labels other) {
    int n = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < n; i++) {
      String x = pairs[i];
      String y = other.pairs[i];
      // Neighbours have most labels in common, and equal texts are found fastest by equals.
      if (x != y && !x.equals(y)) {
        return Utf8Order.compare(x, y);
      }
    }
    return pairs.length - other.pairs.length;
  }

  @Override
  public boolean equals(Object o) {
    return o == this
        || o instanceof Labels other
            && hashCode() == other.hashCode()
            && Arrays.equals(pairs, other.pairs);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /// `{a="b", c="d"}`, values quoted as Go's `%q` does for printable text; names that are no
  /// identifiers are quoted.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < pairs.length; i += 2) {
      if (i > 0) {
        out.append(", ");
      }
      if (isIdentifier(pairs[i])) {
        out.append(pairs[i]);
      } else {
        GoQuote.append(out, pairs[i]);
      }
      out.append('=');
      GoQuote.append(out, pairs[i + 1]);
    }
    return out.append('}').toString();
  }

  /// True for `[A-Za-z_][A-Za-z0-9_]*`.
  public static boolean isIdentifier(String s) {
    if (s.isEmpty()) {
      return false;
    }
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }
}
