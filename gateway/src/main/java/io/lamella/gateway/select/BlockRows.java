package io.lamella.gateway.select;

import io.lamella.gateway.plan.ChunkPlan;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import java.util.Optional;

/// The rows of one row group of one shard that match a request.
///
/// @param chunks the data columns to read for these rows
/// @param earlyChunks chunk pages of at least these rows, where they were fetched together with the
///   labels
record BlockRows(
    OpenShard shard, LabelRows rows, ChunkPlan chunks, Optional<RangeReader.Fetched> earlyChunks) {
  int count() {
    return rows.rows().length;
  }

  /// The name of the chunk file, for messages.
  String chunksName() {
    return shard.files().chunks().version().key().name();
  }

  /// The memory of the labels of a row, besides their texts, which the dictionaries hold, and of
  /// its entry in a selection.
  long bytesPerRow() {
    return 112 + 16L * (rows.columns() + shard.block().external().size());
  }

  RowLabels labels() {
    return new RowLabels(rows, shard.block().external());
  }
}
