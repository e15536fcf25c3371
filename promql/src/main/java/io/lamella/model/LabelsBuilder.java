package io.lamella.model;

import java.util.Arrays;

/// Builds [Labels]; not thread-safe, reusable after [#build].
public final class LabelsBuilder {
  private String[] pairs;
  private int length;
  private boolean sorted = true;

  public LabelsBuilder() {
    this(8);
  }

  /// @param expected the number of labels to allocate for
  public LabelsBuilder(int expected) {
    pairs = new String[2 * Math.max(4, expected)];
  }

  LabelsBuilder(Labels base) {
    this(base.size() + 2);
    for (int i = 0; i < base.size(); i++) {
      add(base.name(i), base.value(i));
    }
  }

  /// Adds a label that is not set yet; an empty value adds nothing.
  public LabelsBuilder add(String name, String value) {
    if (value.isEmpty()) {
      return this;
    }
    if (length == pairs.length) {
      pairs = Arrays.copyOf(pairs, 2 * length);
    }
    if (sorted && length > 0 && Utf8Order.compare(pairs[length - 2], name) >= 0) {
      sorted = false;
    }
    pairs[length] = name;
    pairs[length + 1] = value;
    length += 2;
    return this;
  }

  /// Sets or replaces a label; an empty value removes it.
  public LabelsBuilder set(String name, String value) {
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].equals(name)) {
        if (value.isEmpty()) {
          removeAt(i);
        } else {
          pairs[i + 1] = value;
        }
        return this;
      }
    }
    return add(name, value);
  }

  public LabelsBuilder remove(String name) {
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].equals(name)) {
        removeAt(i);
        return this;
      }
    }
    return this;
  }

  /// The value so far; empty where the label is absent.
  public String value(String name) {
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public LabelsBuilder clear() {
    length = 0;
    sorted = true;
    return this;
  }

  private void removeAt(int i) {
    System.arraycopy(pairs, i + 2, pairs, i, length - i - 2);
    length -= 2;
  }

  /// @throws IllegalArgumentException where [#add] was called twice with one name
  public Labels build() {
    String[] out = Arrays.copyOf(pairs, length);
    if (!sorted) {
      sort(out);
    }
    return Labels.ofSorted(out);
  }

  /// Insertion sort of pairs: label sets are short and almost sorted; long ones go through an index
  /// sort.
  private static void sort(String[] out) {
    int n = out.length / 2;
    if (n > 32) {
      Integer[] order = new Integer[n];
      Arrays.setAll(order, i -> i);
      String[] copy = out.clone();
      Arrays.sort(order, (a, b) -> Utf8Order.compare(copy[2 * a], copy[2 * b]));
      for (int i = 0; i < n; i++) {
        out[2 * i] = copy[2 * order[i]];
        out[2 * i + 1] = copy[2 * order[i] + 1];
      }
    } else {
      for (int i = 2; i < out.length; i += 2) {
        String name = out[i];
        String value = out[i + 1];
        int j = i;
        while (j > 0 && Utf8Order.compare(out[j - 2], name) > 0) {
          out[j] = out[j - 2];
          out[j + 1] = out[j - 1];
          j -= 2;
        }
        out[j] = name;
        out[j + 1] = value;
      }
    }
    for (int i = 2; i < out.length; i += 2) {
      if (out[i].equals(out[i - 2])) {
        throw new IllegalArgumentException(
            "cannot build labels: \"" + out[i] + "\" is given twice");
      }
    }
  }
}
