package io.lamella.bench.data;

import io.lamella.model.SampleColumns;

/// The values of one series, scrape after scrape. Has state: it is called for every scrape in
/// order, including those in a gap, so that values do not depend on gaps.
interface Signal {
  /// Adds the sample of a scrape, or none where the target does not expose the series.
  void scrape(long timeMillis, SampleColumns into);

  /// Creates signals, each in the same initial state.
  @FunctionalInterface
  interface Source {
    Signal start();
  }
}
