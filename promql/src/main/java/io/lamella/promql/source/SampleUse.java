package io.lamella.promql.source;

/// What of a selection's float samples the result can depend on, window by window. A source that
/// knows it by other means than the samples may hand out others of the same use: as many of the
/// same values at other times within the same windows, or one greatest value for many.
public enum SampleUse {
  /// Times and values.
  EVERYTHING,
  /// The values in their order, not their times.
  VALUES,
  /// The greatest value.
  MAX,
  /// The least value.
  MIN,
  /// How many there are.
  COUNT,
  /// Whether there is one.
  PRESENCE
}
