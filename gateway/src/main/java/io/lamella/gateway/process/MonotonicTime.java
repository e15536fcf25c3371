package io.lamella.gateway.process;

import java.time.Instant;
import java.time.InstantSource;

/// Instants for pauses and ages: they only advance, also where the wall clock is set. They are no
/// times of the day.
public final class MonotonicTime implements InstantSource {
  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }
}
