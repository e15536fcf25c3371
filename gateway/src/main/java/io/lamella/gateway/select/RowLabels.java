package io.lamella.gateway.select;

import io.lamella.gateway.read.LabelRows;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Utf8Order;
import java.util.Arrays;

/// The labels of the rows of one row group: the columns that were read, and the block's external
/// labels, which are on every series of it and take precedence over a series' own labels of the
/// same names. Their order is found once, so that no row's labels are sorted. For one thread.
final class RowLabels {
  private final LabelRows rows;
  private final Labels external;

  /// What the labels are of, by name: a column, or from −1 downwards an external label.
  private final int[] sources;

  private final LabelsBuilder scratch = new LabelsBuilder();

  RowLabels(LabelRows rows, Labels external) {
    this.rows = rows;
    this.external = external;
    int[] all = new int[rows.columns() + external.size()];
    int n = 0;
    int e = 0;
    for (int c = 0; c < rows.columns(); c++) {
      int order = e < external.size() ? Utf8Order.compare(external.name(e), rows.name(c)) : 1;
      while (order < 0) {
        all[n++] = -1 - e++;
        order = e < external.size() ? Utf8Order.compare(external.name(e), rows.name(c)) : 1;
      }
      if (order > 0) {
        all[n++] = c;
      }
    }
    while (e < external.size()) {
      all[n++] = -1 - e++;
    }
    this.sources = Arrays.copyOf(all, n);
  }

  /// The labels of the `i`-th matching row.
  Labels of(int i) {
    scratch.clear();
    for (int s : sources) {
      if (s >= 0) {
        scratch.add(rows.name(s), rows.value(s, i));
      } else {
        scratch.add(external.name(-1 - s), external.value(-1 - s));
      }
    }
    return scratch.build();
  }
}
