package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.Map;
import java.util.Set;

/// A TSDB block that could be converted.
///
/// @param coverage its external labels are those of Thanos
/// @param sources the uncompacted blocks that it was compacted from, and those that it rewrites;
///   only itself where there are none
/// @param parents known time ranges of blocks that it was compacted from
/// @param files what its files say of themselves
public record SourceBlock(
    Ulid ulid,
    BlockMeta.Coverage coverage,
    Set<Ulid> sources,
    Map<Ulid, TimeSpan> parents,
    Files files) {
  /// The state of a block that has none, such as one made for a test.
  public static final String NO_STATE = "0".repeat(16);

  /// The files of a block.
  ///
  /// @param state 16 hex digits of a digest over name, size and ETag of the files and over the
  ///   external labels
  /// @param samples the number that its meta states
  /// @param bytes their total size
  /// @param tombstoneBytes size of its deletions; 0 where it has none
  public record Files(String state, long samples, long bytes, long tombstoneBytes) {
    public boolean hasTombstones() {
      return tombstoneBytes > 0;
    }
  }

  public SourceBlock {
    sources = sources.isEmpty() ? Set.of(ulid) : Set.copyOf(sources);
    parents = Map.copyOf(parents);
  }

  /// A block of which only the meta is known.
  public SourceBlock(Ulid ulid, BlockMeta.Coverage coverage, Set<Ulid> sources) {
    this(ulid, coverage, sources, Map.of(), new Files(NO_STATE, 0, 0, 0));
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

  public TimeSpan span() {
    return new TimeSpan(minTimeMillis(), maxTimeMillis());
  }

  /// 0 for raw samples.
  public long resolutionMillis() {
    return coverage.resolutionMillis();
  }
}
