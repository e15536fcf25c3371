package io.lamella.gateway.budget;

/// Where a wanted range came from that no read was sent for.
public enum Tier {
  MEMORY,
  DISK,
  /// Another query, or another part of this one, was reading it.
  SHARED
}
