package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// Visible published blocks by UTC day.
final class PublishedDays {
  private final PlanSettings settings;
  private final Predicate<BlockMeta> current;
  private final Map<Long, List<Block>> days = new HashMap<>();
  private final Map<Long, Map<Ulid, List<Block>>> byFirstLeaf = new HashMap<>();

  /// @param leaves its sources
  record Block(BlockMeta meta, Set<Ulid> leaves) {}

  /// @param current whether no TSDB block that a block was made of is known to have changed since;
  ///   asked when it is needed
  PublishedDays(
      Collection<BlockMeta> visible, PlanSettings settings, Predicate<BlockMeta> current) {
    this.settings = settings;
    this.current = current;
    for (BlockMeta m : visible) {
      if (m.resolutionMillis() == 0
          && m.maxTimeMillis() - m.minTimeMillis() == Planner.DAY_MILLIS
          && Math.floorMod(m.minTimeMillis(), Planner.DAY_MILLIS) == 0) {
        long day = m.minTimeMillis() / Planner.DAY_MILLIS;
        Set<Ulid> leaves = new HashSet<>(2 * m.sources().size());
        m.sources().forEach(s -> leaves.add(s.ulid()));
        Block b = new Block(m, leaves);
        days.computeIfAbsent(day, _ -> new ArrayList<>()).add(b);
        if (!leaves.isEmpty()) {
          byFirstLeaf
              .computeIfAbsent(day, _ -> new HashMap<>())
              .computeIfAbsent(m.sources().getFirst().ulid(), _ -> new ArrayList<>())
              .add(b);
        }
      }
    }
  }

  /// Blocks of a stream and day that follow the settings.
  List<Block> matching(Labels stream, long day) {
    return matching(day).filter(b -> b.meta.external().equals(stream)).toList();
  }

  private java.util.stream.Stream<Block> matching(long day) {
    return days.getOrDefault(day, List.of()).stream().filter(this::follows);
  }

  private boolean follows(Block b) {
    return b.meta.sortKey().equals(settings.sortKey())
        && b.meta.lineage().rules().equals(settings.rules());
  }

  /// Blocks of the day all of whose leaves are among the given ones, of any stream and settings, by
  /// ULID. A block that also has leaves that are gone is not among them, because its samples of
  /// those would be lost.
  ///
  /// @param compacted leaves that are among the given ones for a block that did not read them
  ///   themselves but what they were compacted into. It may name more of these than have samples of
  ///   the day, where less was known of their times
  List<Block> within(Set<Ulid> leaves, Set<Ulid> compacted, long day) {
    Map<Ulid, List<Block>> byLeaf = byFirstLeaf.getOrDefault(day, Map.of());
    Set<Ulid> first = new HashSet<>(leaves);
    first.addAll(compacted);
    List<Block> out = new ArrayList<>();
    if (byLeaf.size() < first.size()) {
      byLeaf.forEach((leaf, blocks) -> {
        if (first.contains(leaf)) {
          out.addAll(blocks);
        }
      });
    } else {
      first.forEach(leaf -> out.addAll(byLeaf.getOrDefault(leaf, List.of())));
    }
    out.removeIf(b -> !isWithin(b, leaves, compacted));
    out.sort(Comparator.comparing(b -> b.meta.ulid()));
    return out;
  }

  private static boolean isWithin(Block b, Set<Ulid> leaves, Set<Ulid> compacted) {
    if (leaves.containsAll(b.leaves)) {
      return true;
    }
    Set<Ulid> read = new HashSet<>();
    b.meta.lineage().inputs().forEach(i -> read.add(i.ulid()));
    return b.leaves.stream()
        .allMatch(l -> leaves.contains(l) || compacted.contains(l) && !read.contains(l));
  }

  /// Blocks of a day whose leaves are all in others that follow the settings and are current. One
  /// that is not current supersedes no other: its day is planned again, and the new block replaces
  /// both.
  ///
  /// @param contained the source blocks whose samples of the day a published block has
  List<BlockMeta> superseded(long day, Function<BlockMeta, Set<Ulid>> contained) {
    List<Block> all = days.getOrDefault(day, List.of());
    if (all.size() < 2) {
      return List.of();
    }
    List<Block> following = matching(day).filter(b -> current.test(b.meta)).toList();
    Set<Ulid> covered = new HashSet<>();
    following.forEach(b -> covered.addAll(contained.apply(b.meta)));
    List<BlockMeta> out = new ArrayList<>();
    for (Block b : all) {
      boolean superseded =
          follows(b)
              ? following.stream().anyMatch(o -> holds(o, b))
              : !b.leaves.isEmpty() && covered.containsAll(b.leaves);
      if (superseded) {
        out.add(b.meta);
      }
    }
    return out;
  }

  /// Whether a current block of the same stream has all leaves of another; of two with the same
  /// ones it is the current one, then that of the higher generation, and then that of the lower
  /// ULID.
  private boolean holds(Block larger, Block b) {
    if (larger == b
        || !larger.meta.external().equals(b.meta.external())
        || !larger.leaves.containsAll(b.leaves)) {
      return false;
    }
    if (larger.leaves.size() > b.leaves.size() || !current.test(b.meta)) {
      return true;
    }
    int c = Integer.compare(larger.meta.lineage().generation(), b.meta.lineage().generation());
    return c > 0 || c == 0 && larger.meta.ulid().compareTo(b.meta.ulid()) < 0;
  }
}
