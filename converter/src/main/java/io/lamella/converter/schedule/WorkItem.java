package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.util.List;

/// One block to make: a stream's raw samples of one UTC day.
///
/// @param target the new block's identifier, a hash of its inputs: two converters that read the
///   same sources make the same identifier
/// @param blocks TSDB blocks to read, ascending
/// @param lineage `sources` are the uncompacted blocks that `blocks` were made of, ascending
public record WorkItem(
    Ulid target,
    BlockMeta.Coverage coverage,
    SortKey sortKey,
    List<Ulid> blocks,
    BlockMeta.Lineage lineage) {
  public WorkItem {
    blocks = List.copyOf(blocks);
  }

  /// The external labels that all series of the stream have.
  public Labels stream() {
    return coverage.external();
  }

  /// First instant of the day.
  public long dayMillis() {
    return coverage.minTimeMillis();
  }

  /// First instant after the day.
  public long endMillis() {
    return coverage.maxTimeMillis();
  }
}
