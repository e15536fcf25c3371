package io.lamella.storage.tsdb;

import java.util.List;
import java.util.Map;

/// The content of a block's meta.json.
///
/// @param ulid 26 characters
/// @param minTimeMillis first instant; `maxTimeMillis` is the first instant after the block
/// @param sources uncompacted blocks that this one was compacted from; may be empty
/// @param externalLabels Thanos' labels of the block; empty without a `thanos` section
/// @param resolutionMillis 0 for raw samples, else Thanos' downsampling
public record TsdbBlockMeta(
    String ulid,
    long minTimeMillis,
    long maxTimeMillis,
    long samples,
    long series,
    long chunks,
    int level,
    List<String> sources,
    Map<String, String> externalLabels,
    long resolutionMillis) {
  public TsdbBlockMeta {
    sources = List.copyOf(sources);
    externalLabels = Map.copyOf(externalLabels);
  }
}
