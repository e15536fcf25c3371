package io.lamella.converter;

import java.time.Duration;

/// The result of a conversion.
///
/// @param published blocks that this run made
/// @param present stream days that were published before
/// @param empty stream days without a sample
/// @param sourceBytes of the TSDB blocks that were read, `writtenBytes` of the blocks that were
///   made
public record ConversionSummary(
    int published,
    int present,
    int empty,
    int skipped,
    long series,
    long samples,
    long sourceBytes,
    long writtenBytes,
    Duration took) {
  /// One line for people.
  public String text() {
    double seconds = Math.max(1e-3, took.toMillis() / 1000.0);
    return String.format(
        "published %d blocks (%d already there, %d empty days, %d source blocks left out): %,d series, %,d samples, %,d bytes in, %,d bytes out, %.1f s, %,.0f samples/s",
        published,
        present,
        empty,
        skipped,
        series,
        samples,
        sourceBytes,
        writtenBytes,
        seconds,
        samples / seconds);
  }
}
