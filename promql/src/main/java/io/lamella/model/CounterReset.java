package io.lamella.model;

/// What is known of a counter reset between a histogram sample and the one before it; the ordinal
/// is Prometheus' number.
public enum CounterReset {
  UNKNOWN,
  RESET,
  NOT_RESET,
  GAUGE
}
