package io.lamella.model;

/// The counter reset hint of a histogram sample: whether the counter was reset since the sample
/// before. The ordinal is Prometheus' number.
public enum CounterReset {
  UNKNOWN,
  RESET,
  NOT_RESET,
  GAUGE;

  /// The hint of a sum of two histograms: a gauge where one is, unknown where they differ.
  public CounterReset with(CounterReset other) {
    if (this == other) {
      return this;
    }
    return this == GAUGE || other == GAUGE ? GAUGE : UNKNOWN;
  }
}
