package io.lamella.converter;

/// Reports the progress of a conversion; called by several threads at once.
@FunctionalInterface
public interface ConversionProgress {
  /// A day of a stream was published, or has no samples.
  ///
  /// @param dayMillis its first instant
  void dayDone(long dayMillis);

  /// The planning is finished.
  ///
  /// @param days number of stream days to convert
  default void planned(int days) {}

  /// Samples were written.
  ///
  /// @param more how many since the last call
  default void samples(long more) {}
}
