package io.lamella.converter.schedule;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is known of source and target when a run is planned.
///
/// @param blocks of the source
/// @param damaged blocks that cannot be read: days that need them wait
/// @param leaves known time ranges of uncompacted blocks, beside those in metas
/// @param real time ranges that blocks were found to have when they were read
public record PlanInput(
    List<SourceBlock> blocks,
    List<SourceBlock> damaged,
    Published published,
    Map<Ulid, TimeSpan> leaves,
    Map<Ulid, TimeSpan> real) {
  public PlanInput {
    blocks = List.copyOf(blocks);
    damaged = List.copyOf(damaged);
    leaves = Map.copyOf(leaves);
    real = Map.copyOf(real);
  }

  /// Without further knowledge.
  public PlanInput(Collection<SourceBlock> blocks, Published published) {
    this(List.copyOf(blocks), List.of(), published, Map.of(), Map.of());
  }

  public PlanInput withDamaged(List<SourceBlock> damaged) {
    return new PlanInput(blocks, damaged, published, leaves, real);
  }

  public PlanInput withLeaves(Map<Ulid, TimeSpan> leaves) {
    return new PlanInput(blocks, damaged, published, leaves, real);
  }

  public PlanInput withReal(Map<Ulid, TimeSpan> real) {
    return new PlanInput(blocks, damaged, published, leaves, real);
  }

  /// The blocks of the target.
  ///
  /// @param visible readable, neither replaced nor marked for deletion; also empty ones
  /// @param taken identifiers of all blocks, readable or not
  public record Published(List<BlockMeta> visible, Set<Ulid> taken) {
    public static final Published NONE = new Published(List.of(), Set.of());

    public Published {
      visible = List.copyOf(visible);
      taken = Set.copyOf(taken);
    }
  }
}
