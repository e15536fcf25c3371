package io.lamella.promql.exec.selector;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;

/// A cursor over the series of a selection with their decoded samples.
public interface SeriesReader {
  boolean next();

  Labels labels();

  /// The samples of the current series, stale markers included; valid until [#next], not to be
  /// changed.
  SampleColumns samples();
}
