package io.lamella.converter;

import java.time.Duration;

/// The result of a conversion.
///
/// @param published number of blocks that this run published
/// @param present number of stream days that were published before
/// @param empty number of stream days without samples
/// @param sourceBytes size of the TSDB blocks that were read; `writtenBytes` is the size of the
///   published blocks
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
  /// The summary as one line of text.
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
