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

  /// How many series are left, where they can be taken in parts; 0 where they cannot. To be asked
  /// before the first series is read.
  default int divisible() {
    return 0;
  }

  /// Takes the next series away, as a set of their own for another thread: several parts may be
  /// read at once. They end when this set is closed, at the latest. A part does not wait for memory
  /// that other queries hold, but fails where that is not free.
  ///
  /// @param maxSeries at least 1; a part may have fewer, but has none only at the end
  default SeriesSet part(int maxSeries) {
    throw new UnsupportedOperationException("series that cannot be taken in parts");
  }

  /// Goes back to before the first series of a part, which may be read once more; then it waits for
  /// memory.
  default void rewind() {
    throw new UnsupportedOperationException("series that cannot be taken in parts");
  }

  @Override
  void close();
}
