package io.lamella.converter.parquet;

import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.SortKey;

/// What is known of a block before its first row: its times, and the order and columns of its rows.
///
/// @param lastMillis the last instant of the block, so that readers do not expect a further, empty
///   column
public record BlockLayout(long minTimeMillis, long lastMillis, long columnMillis, SortKey sortKey) {
  int dataColumns() {
    return BlockSchema.dataColumns(minTimeMillis, lastMillis, columnMillis);
  }
}
