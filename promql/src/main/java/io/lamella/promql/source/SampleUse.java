package io.lamella.promql.source;

/// What the result uses of the float samples in each window. A source that has this from statistics
/// may return other samples with the same result: equally many of the same values at other times
/// within the same window, or only the maximum instead of all.
public enum SampleUse {
  /// Times and values.
  EVERYTHING,
  /// The values in order, not their times.
  VALUES,
  /// The maximum.
  MAX,
  /// The minimum.
  MIN,
  /// The number of samples.
  COUNT,
  /// Whether there is a sample.
  PRESENCE
}
