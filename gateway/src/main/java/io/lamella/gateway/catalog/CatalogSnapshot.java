package io.lamella.gateway.catalog;

import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import java.util.List;

/// The blocks that a query sees, by start; blocks that another one replaces are not among them.
/// Immutable.
public record CatalogSnapshot(List<BlockMeta> blocks) {
  public static final CatalogSnapshot EMPTY = new CatalogSnapshot(List.of());

  public CatalogSnapshot {
    blocks = List.copyOf(blocks);
  }

  /// The blocks that cover an instant of the range.
  public List<BlockMeta> overlapping(TimeRange range) {
    return blocks.stream().filter(b -> b.range().overlaps(range)).toList();
  }
}
