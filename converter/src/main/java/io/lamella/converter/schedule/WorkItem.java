package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.time.LocalDate;
import java.util.List;

/// One block to make: a stream's raw samples of one UTC day.
///
/// @param target the new block's identifier, a hash of its inputs: two converters that read the
///   same sources make the same identifier
/// @param coverage its external labels are the stream's: without replica labels and fold labels
/// @param columnMillis width of a data column
/// @param reads TSDB blocks to read, ascending
/// @param lineage `sources` are the leaves of `reads` that may touch the day, ascending; `inputs`
///   are `reads`, of which nothing is counted yet
public record WorkItem(
    Ulid target,
    BlockMeta.Coverage coverage,
    SortKey sortKey,
    long columnMillis,
    List<Read> reads,
    BlockMeta.Lineage lineage) {
  /// A TSDB block to read.
  ///
  /// @param rowLabels external labels that become labels of every series of the block
  /// @param replica the labels that distinguish replicas, with the block's values
  public record Read(Ulid ulid, Labels rowLabels, Labels replica) {}

  public WorkItem {
    reads = List.copyOf(reads);
  }

  /// The external labels that all series of the stream have.
  public Labels stream() {
    return coverage.external();
  }

  /// Identifiers of the blocks to read, ascending.
  public List<Ulid> blocks() {
    return reads.stream().map(Read::ulid).toList();
  }

  /// First instant of the day.
  public long dayMillis() {
    return coverage.minTimeMillis();
  }

  /// The UTC day.
  public LocalDate day() {
    return LocalDate.ofEpochDay(Math.floorDiv(dayMillis(), Planner.DAY_MILLIS));
  }

  /// First instant after the day.
  public long endMillis() {
    return coverage.maxTimeMillis();
  }

  public WorkItem withLineage(BlockMeta.Lineage lineage) {
    return new WorkItem(target, coverage, sortKey, columnMillis, reads, lineage);
  }
}
