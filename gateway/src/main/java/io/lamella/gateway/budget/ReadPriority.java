package io.lamella.gateway.budget;

/// When what is read is needed; the sooner comes first.
public enum ReadPriority {
  /// A query waits for it.
  NOW,
  /// Nobody does yet.
  AHEAD
}
