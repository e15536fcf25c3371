package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.model.Utf8Order;
import io.lamella.storage.block.SortKey;
import java.util.Comparator;
import java.util.List;

/// The order of a block's rows: by the values of the sort key's labels, a missing one first, then
/// by all labels. Two series of one block never compare as equal.
public record RowOrder(SortKey key) implements Comparator<Labels> {
  @Override
  public int compare(Labels a, Labels b) {
    for (String label : key.labels()) {
      int c = Utf8Order.compare(a.value(label), b.value(label));
      if (c != 0) {
        return c;
      }
    }
    return a.compareTo(b);
  }

  /// The values of the key's labels in a series, "" for a missing one.
  List<String> value(Labels labels) {
    return key.labels().stream().map(labels::value).toList();
  }
}
