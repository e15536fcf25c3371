package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.SeriesSet;
import java.util.Optional;

/// A cursor over the series of a selection with their decoded samples.
public interface SeriesReader {
  boolean next();

  /// The series, where several threads may read them in parts; only before the first one is read.
  default Optional<SeriesSet> divisible() {
    return Optional.empty();
  }

  Labels labels();

  /// The samples of the current series, stale markers included; valid until [#next], not to be
  /// changed.
  SampleColumns samples();
}
