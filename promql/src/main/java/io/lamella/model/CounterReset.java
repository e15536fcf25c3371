package io.lamella.model;

/// What is known of a counter reset between a histogram sample and the one before it; the ordinal
/// is Prometheus' number.
public enum CounterReset {
  UNKNOWN,
  RESET,
  NOT_RESET,
  GAUGE;

  /// What is known of a sum of two histograms: a gauge where one is, nothing where they differ.
  public CounterReset with(CounterReset other) {
    if (this == other) {
      return this;
    }
    return this == GAUGE || other == GAUGE ? GAUGE : UNKNOWN;
  }
}
