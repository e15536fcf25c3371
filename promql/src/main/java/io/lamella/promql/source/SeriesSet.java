package io.lamella.promql.source;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// A cursor over series in label order, each label set once. Used by one thread; the caller that
/// opened it closes it.
public interface SeriesSet extends AutoCloseable {
  /// Moves to the next series; false at the end.
  ///
  /// @throws io.lamella.promql.QueryException where storage fails
  boolean next();

  /// The labels of the current series.
  Labels labels();

  /// Appends the samples of the current series to `into`, times strictly ascending, at least those
  /// within the selection's range; stale markers included. May be called once a series, or not at
  /// all.
  ///
  /// @throws io.lamella.promql.QueryException where storage fails or samples cannot be decoded
  void read(SampleColumns into);

  @Override
  void close();
}
