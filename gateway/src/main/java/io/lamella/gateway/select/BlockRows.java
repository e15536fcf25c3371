package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.read.LabelRows;
import io.lamella.gateway.read.RangeReader;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import java.util.Optional;

/// The rows of one row group of one shard that a selection matched.
///
/// @param labelsFile and `chunksFile` the pair of files, row i of one being row i of the other
///
/// @param ahead the chunk pages of these rows, and perhaps of more, where they came together with
///   the labels
record BlockRows(
    BlockMeta block,
    BlockFile labelsFile,
    BlockFile chunksFile,
    LabelRows rows,
    Optional<RangeReader.Fetched> ahead) {
  int count() {
    return rows.rows().length;
  }

  /// The labels of the `i`-th matching row, external labels put on.
  Labels labels(int i, LabelsBuilder scratch) {
    scratch.clear();
    for (int c = 0; c < rows.columns(); c++) {
      scratch.add(rows.name(c), rows.value(c, i));
    }
    ExternalLabels.putOn(block.external(), scratch);
    return scratch.build();
  }
}
