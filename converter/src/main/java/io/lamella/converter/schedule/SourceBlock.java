package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.Set;

/// A TSDB block that could be converted.
///
/// @param coverage its external labels are those of Thanos, without replica labels
/// @param sources the uncompacted blocks that it was compacted from; only itself where it was not
///   compacted
/// @param state digest of its files, see [BlockMeta.Input]
public record SourceBlock(Ulid ulid, BlockMeta.Coverage coverage, Set<Ulid> sources, String state) {
  public SourceBlock {
    sources = sources.isEmpty() ? Set.of(ulid) : Set.copyOf(sources);
  }

  public Labels external() {
    return coverage.external();
  }

  public long minTimeMillis() {
    return coverage.minTimeMillis();
  }

  /// First instant after the block.
  public long maxTimeMillis() {
    return coverage.maxTimeMillis();
  }

  /// 0 for raw samples.
  public long resolutionMillis() {
    return coverage.resolutionMillis();
  }
}
