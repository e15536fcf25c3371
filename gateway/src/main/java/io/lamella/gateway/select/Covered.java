package io.lamella.gateway.select;

import io.lamella.gateway.catalog.CatalogSnapshot;
import io.lamella.gateway.query.Coverage;
import io.lamella.model.TimeRange;
import java.util.List;

/// The blocks that a query reads.
final class Covered {
  private Covered() {}

  static CatalogSnapshot part(CatalogSnapshot all, Coverage coverage) {
    return switch (coverage) {
      case ALL -> all;
      case READABLE -> all.readable();
      case NONE -> CatalogSnapshot.EMPTY;
    };
  }

  /// What is told of the blocks in a range that cannot be read.
  static List<String> missing(CatalogSnapshot all, TimeRange range) {
    return all.broken(range).stream()
        .map(b -> "data is missing: " + b.error().getMessage())
        .toList();
  }
}
