package io.lamella.converter;

/// Reports the progress of a conversion; called by several threads at once.
@FunctionalInterface
public interface ConversionProgress {
  /// A stream's day is published, or has no sample.
  ///
  /// @param dayMillis its first instant
  void dayDone(long dayMillis);

  /// The plan is made.
  ///
  /// @param days stream days to convert
  default void planned(int days) {}

  /// Samples were written.
  ///
  /// @param more how many since the last call
  default void samples(long more) {}
}
