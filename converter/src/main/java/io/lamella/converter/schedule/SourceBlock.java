package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.Ulid;
import java.util.Set;

/// A TSDB block as the planner sees it.
///
/// @param minTimeMillis first instant; `maxTimeMillis` is the first behind the block
/// @param external labels that Thanos would put on its series; replica labels already removed
/// @param sources the uncompacted blocks that went into it; only itself where it is one
public record SourceBlock(
    Ulid ulid,
    long minTimeMillis,
    long maxTimeMillis,
    long resolutionMillis,
    Labels external,
    Set<Ulid> sources) {
  public SourceBlock {
    sources = sources.isEmpty() ? Set.of(ulid) : Set.copyOf(sources);
  }
}
