package io.lamella.gateway.query;

import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.source.SeriesSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The data as it is at one moment. All that a query reads comes from one snapshot.
public interface DataSnapshot {
  /// Series with samples, for the engine. Reads are counted on the budget.
  SeriesSource series(QueryBudget budget);

  /// Series without their replica labels, the replicas of each read as one, as Thanos Query does.
  ///
  /// @param replicaLabels labels that distinguish replicas; not empty
  default SeriesSource deduplicated(Set<String> replicaLabels, QueryBudget budget) {
    throw new UnsupportedOperationException("this source has no replicas");
  }

  /// The part of the data that a query is to read.
  default DataSnapshot covering(Coverage coverage) {
    return switch (coverage) {
      case ALL, READABLE -> this;
      case NONE -> new NoData();
    };
  }

  /// What this snapshot lacks in a time range, because it cannot be read. Other snapshots fail
  /// instead.
  default List<String> missing(TimeRange range) {
    return List.of();
  }

  /// Series with encoded chunks, in label order. Reads are counted on the budget.
  ///
  /// @throws QueryException where storage failed, a block is corrupt, or a limit is exceeded
  default ChunkSeriesSet chunks(ChunksRequest request, QueryBudget budget) {
    throw new UnsupportedOperationException("this source has no chunks");
  }

  /// The pairs of two labels of the blocks that may have a sample in any of some ranges. Only
  /// labels are read.
  ///
  /// @throws QueryException where storage failed, a block is corrupt, or a limit is exceeded
  default void labelPairs(
      PairedLabels labels, List<TimeRange> ranges, QueryBudget budget, PairsReader to) {
    throw new UnsupportedOperationException("this source has no associations");
  }

  /// The streams of the data and their time ranges, in the order of their labels.
  default List<StreamRange> streams() {
    return List.of();
  }

  /// The blocks of the data, the oldest first.
  default List<BlockSummary> blocks() {
    return List.of();
  }

  /// A version of the data in a time range: where two snapshots have equal versions, a query within
  /// the range reads the same from both. Empty where the version is not known.
  Optional<Object> version(TimeRange range);

  /// A newer snapshot to run the query on once more, where the failure shows that the data changed
  /// after this snapshot was taken. Empty where the failure has another cause, or where a newer
  /// snapshot would fail in the same way. May wait for the store.
  ///
  /// @throws QueryException.Cancelled where the query is cancelled meanwhile or its time is up
  default Optional<DataSnapshot> newerAfter(QueryException failure) {
    return Optional.empty();
  }
}
