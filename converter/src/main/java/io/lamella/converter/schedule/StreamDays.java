package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The source blocks of each stream and UTC day, and the leaves in them that may touch the day.
final class StreamDays {
  /// A real time range that is longer is not believed.
  private static final long MAX_REAL_DAYS = 400;

  private final BlockMeta.Rules rules;
  private final LeafRanges ranges;
  private final Map<Labels, TreeMap<Long, Day>> streams = new TreeMap<>();
  private final Map<Labels, Labels> streamOf = new HashMap<>();

  /// One day of a stream.
  ///
  /// @param leaves that may touch the day
  /// @param damaged leaves of damaged blocks that may touch the day, and one of these blocks each
  record Day(List<SourceBlock> blocks, Set<Ulid> leaves, Map<Ulid, Ulid> damaged) {
    Day() {
      this(new ArrayList<>(), new HashSet<>(), new HashMap<>(0));
    }

    /// A damaged block without which the day is incomplete.
    Optional<Ulid> waitsFor() {
      return damaged.entrySet().stream()
          .filter(e -> !leaves.contains(e.getKey()))
          .map(Map.Entry::getValue)
          .min(Comparator.naturalOrder());
    }
  }

  StreamDays(BlockMeta.Rules rules, LeafRanges ranges) {
    this.rules = rules;
    this.ranges = ranges;
  }

  /// Adds a block to all of its days.
  void add(SourceBlock block) {
    TreeMap<Long, Day> days =
        streams.computeIfAbsent(stream(block.external()), _ -> new TreeMap<>());
    for (Ulid leaf : block.sources()) {
      TimeSpan span = ranges.range(leaf, block);
      for (long day = span.firstDay(); day <= span.lastDay(); day++) {
        add(days, day, block, leaf);
      }
    }
    // Samples outside of what its meta states: of these days the block is a leaf of its own.
    ranges
        .real(block.ulid())
        .filter(r -> !block.span().contains(r) && r.lastDay() - r.firstDay() < MAX_REAL_DAYS)
        .ifPresent(r -> {
          for (long day = r.firstDay(); day <= r.lastDay(); day++) {
            if (day < block.span().firstDay() || day > block.span().lastDay()) {
              add(days, day, block, block.ulid());
            }
          }
        });
  }

  /// Adds a damaged block to all of its days.
  void addDamaged(SourceBlock block) {
    TreeMap<Long, Day> days =
        streams.computeIfAbsent(stream(block.external()), _ -> new TreeMap<>());
    for (Ulid leaf : block.sources()) {
      TimeSpan span = ranges.range(leaf, block);
      for (long day = span.firstDay(); day <= span.lastDay(); day++) {
        days.computeIfAbsent(day, _ -> new Day()).damaged.put(leaf, block.ulid());
      }
    }
  }

  private static void add(TreeMap<Long, Day> days, long day, SourceBlock block, Ulid leaf) {
    Day d = days.computeIfAbsent(day, _ -> new Day());
    if (d.blocks.isEmpty() || d.blocks.getLast() != block) {
      d.blocks.add(block);
    }
    d.leaves.add(leaf);
  }

  Map<Labels, TreeMap<Long, Day>> streams() {
    return streams;
  }

  private Labels stream(Labels external) {
    return streamOf.computeIfAbsent(
        external,
        e -> {
          LabelsBuilder out = new LabelsBuilder();
          e.forEach((name, value) -> {
            if (!rules.replicaLabels().contains(name) && !rules.foldLabels().contains(name)) {
              out.add(name, value);
            }
          });
          return out.build();
        });
  }

  /// How a block is read.
  WorkItem.Read read(SourceBlock block) {
    LabelsBuilder row = new LabelsBuilder();
    LabelsBuilder replica = new LabelsBuilder();
    block
        .external()
        .forEach((name, value) -> {
          if (rules.replicaLabels().contains(name)) {
            replica.add(name, value);
          } else if (rules.foldLabels().contains(name)) {
            row.add(name, value);
          }
        });
    return new WorkItem.Read(block.ulid(), row.build(), replica.build());
  }
}
