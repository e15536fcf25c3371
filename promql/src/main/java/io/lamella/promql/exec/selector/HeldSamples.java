package io.lamella.promql.exec.selector;

import io.lamella.model.SampleColumns;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;

/// Counts the memory of a buffer that has the samples of one series after the other: the largest
/// series so far.
final class HeldSamples {
  /// Time and value, once in the buffer and once more where a function sorts or splits its window.
  private static final int BYTES_PER_SAMPLE = 32;

  private final QueryRun run;
  private long held;

  HeldSamples(QueryRun run) {
    this.run = run;
  }

  /// Counts a series before it is read.
  void hold(int samples) {
    upTo((long) BYTES_PER_SAMPLE * samples);
  }

  /// Counts a series that was read.
  void hold(SampleColumns samples) {
    upTo(
        samples.hasHistograms()
            ? QueryMemory.of(samples)
            : (long) BYTES_PER_SAMPLE * samples.size());
  }

  private void upTo(long bytes) {
    if (bytes > held) {
      run.memory().hold(bytes - held);
      held = bytes;
    }
  }
}
