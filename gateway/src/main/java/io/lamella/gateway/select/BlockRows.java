package io.lamella.gateway.select;

import io.lamella.gateway.plan.ChunkPlan;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
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

  /// The labels of the `i`-th matching row. The block's external labels are on every series of it
  /// and take precedence over a series' own labels of the same names.
  Labels labels(int i, LabelsBuilder scratch) {
    scratch.clear();
    for (int c = 0; c < rows.columns(); c++) {
      scratch.add(rows.name(c), rows.value(c, i));
    }
    Labels external = shard.block().external();
    for (int l = 0; l < external.size(); l++) {
      scratch.set(external.name(l), external.value(l));
    }
    return scratch.build();
  }
}
