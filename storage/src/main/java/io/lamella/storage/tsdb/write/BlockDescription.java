package io.lamella.storage.tsdb.write;

import io.lamella.storage.block.Ulid;
import java.util.Map;
import java.util.TreeMap;

/// The metadata of a block to write: half-open time range, compaction level, and the labels that
/// Thanos adds to all its series.
public record BlockDescription(
    Ulid ulid,
    long minTimeMillis,
    long maxTimeMillis,
    int level,
    Map<String, String> externalLabels) {
  public BlockDescription {
    externalLabels = Map.copyOf(externalLabels);
    if (maxTimeMillis <= minTimeMillis || level < 1) {
      throw new IllegalArgumentException(
          "cannot describe block "
              + ulid
              + ": times ["
              + minTimeMillis
              + ", "
              + maxTimeMillis
              + "), level "
              + level);
    }
  }

  Map<String, String> sortedLabels() {
    return new TreeMap<>(externalLabels);
  }
}
