package io.lamella.converter;

import io.lamella.converter.schedule.WorkItem;

/// Reports the progress of a conversion; called by several threads at once.
@FunctionalInterface
public interface ConversionProgress {
  /// A day of a stream was published, or has no samples.
  ///
  /// @param dayMillis its first instant
  void dayDone(long dayMillis);

  /// The planning is finished.
  ///
  /// @param days number of stream days to convert; those of a further round come on top
  default void planned(int days) {}

  /// The conversion of an item begins.
  ///
  /// @param samples about how many its inputs have of its day
  default void started(WorkItem item, long samples) {}

  /// Samples of an item were written.
  ///
  /// @param more how many since the last call
  default void samples(WorkItem item, long more) {}

  /// The conversion of an item ended; where it succeeded, [#dayDone] follows.
  default void ended(WorkItem item, ItemOutcome outcome) {}
}
