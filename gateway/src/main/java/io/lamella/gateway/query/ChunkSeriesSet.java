package io.lamella.gateway.query;

import io.lamella.model.Labels;
import io.lamella.storage.block.ChunkRecord;
import java.util.List;

/// A cursor over series and their encoded chunks, in label order, each label set once. Used by one
/// thread; whoever opened it closes it.
public interface ChunkSeriesSet extends AutoCloseable {
  /// Moves to the next series; false at the end.
  ///
  /// @throws io.lamella.promql.QueryException where storage fails or a block is corrupt
  boolean next();

  /// The labels of the current series.
  Labels labels();

  /// The chunks of the current series that overlap the requested range, by the time of their first
  /// sample; none where only labels were asked for. They are valid until the next call of [#next].
  ///
  /// Chunks of different replicas may overlap, others do not. Encodings are those that Thanos and
  /// Prometheus' remote read know.
  List<ChunkRecord> chunks();

  /// What is missing, where the request accepts that data is.
  List<String> warnings();

  /// The blocks that were read.
  List<String> blocks();

  @Override
  void close();
}
