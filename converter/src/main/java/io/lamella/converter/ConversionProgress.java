package io.lamella.converter;

/// Is told how a run goes; called by several threads at once.
@FunctionalInterface
public interface ConversionProgress {
  /// A stream's day is published or found empty.
  void dayDone(long dayMillis);

  /// So many stream days are to be converted.
  default void planned(int days) {}

  /// So many more samples were written.
  default void samples(long more) {}
}
