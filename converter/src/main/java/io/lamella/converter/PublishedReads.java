package io.lamella.converter;

import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// How many samples of each source block the metas of published days say were read. The number
/// depends on the source block and the day alone, not on stream, rules or sort key.
record PublishedReads(Map<Ulid, Map<String, Map<Long, Long>>> byState) {
  static final PublishedReads NONE = new PublishedReads(Map.of());

  /// @param sources the source blocks that are asked for
  static PublishedReads of(Collection<BlockMeta> metas, Set<Ulid> sources) {
    Map<Ulid, Map<String, Map<Long, Long>>> out = new HashMap<>();
    for (BlockMeta m : metas) {
      if (m.resolutionMillis() != 0
          || m.maxTimeMillis() - m.minTimeMillis() != Planner.DAY_MILLIS
          || Math.floorMod(m.minTimeMillis(), Planner.DAY_MILLIS) != 0) {
        continue;
      }
      long day = Math.floorDiv(m.minTimeMillis(), Planner.DAY_MILLIS);
      for (BlockMeta.Input i : m.lineage().inputs()) {
        if (sources.contains(i.ulid())) {
          out.computeIfAbsent(i.ulid(), _ -> new HashMap<>())
              .computeIfAbsent(i.state(), _ -> new HashMap<>())
              .put(day, i.read());
        }
      }
    }
    return new PublishedReads(out);
  }

  /// The samples of a block by day, where it was read in the state that it has now.
  Map<Long, Long> of(SourceBlock block) {
    return byState
        .getOrDefault(block.ulid(), Map.of())
        .getOrDefault(block.files().state(), Map.of());
  }
}
