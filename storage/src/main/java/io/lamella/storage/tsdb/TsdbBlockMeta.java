package io.lamella.storage.tsdb;

import java.util.List;
import java.util.Map;

/// The content of a block's meta.json.
///
/// @param ulid 26 characters
/// @param minTimeMillis first instant; `maxTimeMillis` is the first instant after the block
/// @param sources uncompacted blocks that this one was compacted from; may be empty
/// @param parents blocks that it was compacted from, with their time ranges; may be empty
/// @param rewritten blocks that it is a rewrite of, by Thanos' tools; mostly empty
/// @param externalLabels Thanos' labels of the block; empty without a `thanos` section
/// @param resolutionMillis 0 for raw samples, else Thanos' downsampling
/// @param files sizes by name, of the files that Thanos uploaded; empty where it states none
public record TsdbBlockMeta(
    String ulid,
    long minTimeMillis,
    long maxTimeMillis,
    long samples,
    long series,
    long chunks,
    int level,
    List<String> sources,
    List<Parent> parents,
    List<String> rewritten,
    Map<String, String> externalLabels,
    long resolutionMillis,
    Map<String, Long> files) {
  /// A block that another was compacted from.
  public record Parent(String ulid, long minTimeMillis, long maxTimeMillis) {}

  public TsdbBlockMeta {
    sources = List.copyOf(sources);
    parents = List.copyOf(parents);
    rewritten = List.copyOf(rewritten);
    externalLabels = Map.copyOf(externalLabels);
    files = Map.copyOf(files);
  }
}
