package io.lamella.converter.merge;

import io.lamella.converter.parquet.WriteSettings;

/// How a day is merged and written; nothing here changes which samples the block has, and threads
/// and memory not even its bytes.
///
/// @param columnMillis width of a data column
/// @param memoryBytes for sorted series; what exceeds it goes to files
/// @param threads that merge one day
public record MergeSettings(WriteSettings write, long columnMillis, long memoryBytes, int threads) {
  public static final long DEFAULT_MEMORY_BYTES = 256L << 20;

  public MergeSettings {
    if (columnMillis < 1 || memoryBytes < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "cannot merge with columns of "
              + columnMillis
              + " ms, "
              + memoryBytes
              + " bytes of memory and "
              + threads
              + " threads: all must be positive");
    }
  }
}
