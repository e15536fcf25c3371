package io.lamella.converter.merge;

import io.lamella.converter.parquet.SeriesRow;

/// A series that is ready to be written.
///
/// @param newEncodings true where it has chunks of encodings beyond 1 to 3
record MergedRow(SeriesRow row, long samples, long chunks, boolean newEncodings) {}
