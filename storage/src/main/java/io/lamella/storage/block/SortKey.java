package io.lamella.storage.block;

import io.lamella.model.Utf8Order;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/// The labels by whose values the rows of a block are sorted, before all remaining labels break
/// ties. A missing label sorts as the empty string, so first. The default is `__name__,dc_id`.
public record SortKey(List<String> labels) {
  public static final SortKey DEFAULT = new SortKey(List.of("__name__", "dc_id"));

  public SortKey {
    labels = List.copyOf(labels);
    if (labels.isEmpty() || labels.size() > 8) {
      throw new IllegalArgumentException(
          "cannot sort by " + labels.size() + " labels: expected 1 to 8");
    }
    if (new HashSet<>(labels).size() != labels.size() || labels.contains("")) {
      throw new IllegalArgumentException(
          "cannot sort by " + labels + ": empty or repeated label name");
    }
  }

  /// The key of a text as `__name__,dc_id`.
  public static SortKey parse(String text) {
    return new SortKey(Arrays.stream(text.split(",", -1)).map(String::strip).toList());
  }

  /// Compares two rows' values of the key's labels in the order of the rows: label by label, as
  /// UTF-8 bytes.
  public static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int c = Utf8Order.compare(a.get(i), b.get(i));
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  @Override
  public String toString() {
    return String.join(",", labels);
  }
}
