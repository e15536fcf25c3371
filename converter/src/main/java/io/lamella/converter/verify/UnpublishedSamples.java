package io.lamella.converter.verify;

import io.lamella.storage.block.Ulid;
import java.time.Instant;

/// Samples of a converted source that no published block has.
///
/// @param source the TSDB block
/// @param startMillis first instant of their UTC day
public record UnpublishedSamples(Ulid source, long startMillis, long samples) {
  @Override
  public String toString() {
    return String.format(
        "%,d samples of source %s of %s are in no published block; convert again",
        samples, source, Instant.ofEpochMilli(startMillis).toString().substring(0, 10));
  }
}
