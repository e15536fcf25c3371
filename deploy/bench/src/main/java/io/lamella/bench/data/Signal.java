package io.lamella.bench.data;

import io.lamella.model.SampleColumns;

/// One series' values, scrape after scrape. Has state: asked for every scrape in order, also for
/// those that are lost, so that what a series shows does not depend on its gaps.
interface Signal {
  /// Adds the sample of a scrape, or none where the target does not show the series.
  void scrape(long timeMillis, SampleColumns into);

  /// Makes signals anew, each in the same initial state.
  @FunctionalInterface
  interface Source {
    Signal start();
  }
}
