package io.lamella.bench.reference;

import io.lamella.model.Labels;
import io.lamella.storage.tsdb.TsdbBlock;
import java.util.ArrayList;
import java.util.List;

/// A series and its entries in all blocks. Filled while blocks are opened, read-only afterwards.
final class TsdbSeries {
  /// A series' entry in a block.
  record Part(TsdbBlock block, long ref) {}

  private final Labels labels;
  private final List<Part> parts = new ArrayList<>(4);

  TsdbSeries(Labels labels) {
    this.labels = labels;
  }

  Labels labels() {
    return labels;
  }

  void add(Part part) {
    parts.add(part);
  }

  List<Part> parts() {
    return parts;
  }
}
