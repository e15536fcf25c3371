package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.Ulid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Leaves out blocks whose leaves are all in one other block of the same external labels, as
/// Thanos' duplicate filter does.
public final class CompactedBlocks {
  private CompactedBlocks() {}

  /// The blocks that others do not contain, by external labels and then ULID.
  ///
  /// @param blocks raw blocks
  /// @param skipped receives the others
  public static List<SourceBlock> without(
      Collection<SourceBlock> blocks, List<Plan.Skipped> skipped) {
    List<SourceBlock> order = new ArrayList<>(blocks);
    order.sort(
        Comparator.comparingInt((SourceBlock b) -> -b.sources().size())
            .thenComparing(SourceBlock::ulid));
    Map<Labels, Map<Ulid, List<SourceBlock>>> holders = new HashMap<>();
    List<SourceBlock> kept = new ArrayList<>();
    for (SourceBlock b : order) {
      Map<Ulid, List<SourceBlock>> byLeaf =
          holders.computeIfAbsent(b.external(), _ -> new HashMap<>());
      SourceBlock larger = holder(b.sources(), byLeaf);
      if (larger == null) {
        kept.add(b);
        for (Ulid leaf : b.sources()) {
          byLeaf.merge(leaf, List.of(b), CompactedBlocks::both);
        }
      } else {
        skipped.add(Plan.Skipped.expected(b.ulid(), "compacted into " + larger.ulid()));
      }
    }
    kept.sort(Comparator.comparing(SourceBlock::external).thenComparing(SourceBlock::ulid));
    return kept;
  }

  private static List<SourceBlock> both(List<SourceBlock> a, List<SourceBlock> b) {
    List<SourceBlock> out = new ArrayList<>(a);
    out.addAll(b);
    return out;
  }

  private static @org.jspecify.annotations.Nullable SourceBlock holder(
      Set<Ulid> leaves, Map<Ulid, List<SourceBlock>> byLeaf) {
    for (SourceBlock k : byLeaf.getOrDefault(leaves.iterator().next(), List.of())) {
      if (k.sources().containsAll(leaves)) {
        return k;
      }
    }
    return null;
  }
}
