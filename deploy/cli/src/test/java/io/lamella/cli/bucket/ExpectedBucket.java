package io.lamella.cli.bucket;

import io.lamella.converter.schedule.DaySelection;
import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.SampleColumns;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What should be published after each run, as plain maps: for each stream and day the source
/// blocks that it was last made of. Follows the rules that the converter's README states.
final class ExpectedBucket {
  private static final long DAY = BucketBlock.DAY;
  private static final long FIRST_PENALTY_MILLIS = 5000;

  private final Map<Labels, TreeMap<Long, List<Made>>> days = new TreeMap<>();

  /// One conversion of a day.
  ///
  /// @param kind the settings that it was made with
  record Made(Set<Ulid> leaves, List<BucketBlock> read, RandomSettings.Kind kind) {
    boolean hasSeenTombstones(BucketBlock block) {
      return !block.hasTombstones() || read.stream().anyMatch(b -> b.ulid().equals(block.ulid()));
    }
  }

  /// A sample that should be there.
  ///
  /// @param allowed what it may be; several where two published blocks differ
  /// @param offered what the source blocks have at that time
  record Point(SampleColumns from, int index, Set<String> allowed, Set<String> offered) {
    static Point of(SampleColumns from, int index) {
      Set<String> text = Set.of(SampleText.of(from, index));
      return new Point(from, index, text, text);
    }

    Point offered(Point other) {
      return new Point(from, index, allowed, both(offered, other.offered));
    }

    private static Set<String> both(Set<String> a, Set<String> b) {
      Set<String> out = new LinkedHashSet<>(a);
      out.addAll(b);
      return out;
    }

    Point either(Point other) {
      return new Point(from, index, both(allowed, other.allowed), both(offered, other.offered));
    }
  }

  /// What a run has to work with.
  ///
  /// @param usable blocks that a listing finds intact
  /// @param waitedFor damaged blocks whose days wait
  /// @param unreadable of the usable blocks, those whose files turn out to be damaged
  record Found(
      List<BucketBlock> usable, List<BucketBlock> waitedFor, Set<Ulid> unreadable, boolean waits) {}

  /// The days of one stream that are to be converted.
  private record Stream(TreeMap<Long, List<BucketBlock>> blocks, TreeMap<Long, Set<Ulid>> damaged) {
    Stream() {
      this(new TreeMap<>(), new TreeMap<>());
    }
  }

  /// What a run does.
  ///
  /// @param done what becomes of days that are done
  record Task(RandomSettings.Kind kind, Days days, DaySelection.DoneDays done) {}

  /// Which days of which streams.
  interface Days {
    boolean has(Labels stream, long day);
  }

  /// A run.
  ///
  /// @return which of the unreadable blocks the run tries to read
  Set<Ulid> run(Found found, Task task) {
    Set<Ulid> tried = new TreeSet<>();
    pass(found, task, tried);
    if (!tried.isEmpty()) {
      List<BucketBlock> usable = new ArrayList<>(found.usable);
      List<BucketBlock> damaged = new ArrayList<>(found.waitedFor);
      for (BucketBlock b : found.usable) {
        if (tried.contains(b.ulid())) {
          usable.remove(b);
          if (found.waits) {
            damaged.add(b);
          }
        }
      }
      // What was rebuilt is not rebuilt again.
      Task rest = new Task(task.kind, task.days, DaySelection.DoneDays.SKIPPED);
      pass(new Found(usable, damaged, Set.of(), found.waits), rest, tried);
    }
    return tried;
  }

  private void pass(Found found, Task task, Set<Ulid> tried) {
    RandomSettings.Kind kind = task.kind;
    List<BucketBlock> read = active(found.usable);
    Map<Ulid, BucketBlock> now = new HashMap<>();
    Map<Labels, Stream> streams = new TreeMap<>();
    for (BucketBlock b : read) {
      now.put(b.ulid(), b);
      Stream s = streams.computeIfAbsent(stream(b, kind.rules()), _ -> new Stream());
      for (Long d : b.span().days()) {
        s.blocks.computeIfAbsent(d, _ -> new ArrayList<>()).add(b);
      }
    }
    for (BucketBlock b : found.waitedFor) {
      Stream s = streams.computeIfAbsent(stream(b, kind.rules()), _ -> new Stream());
      for (Long d : b.span().days()) {
        s.damaged.computeIfAbsent(d, _ -> new TreeSet<>()).addAll(b.leaves(d));
      }
    }
    Set<Long> touched = new TreeSet<>();
    streams.forEach((labels, s) -> {
      s.damaged.keySet().stream().filter(d -> task.days.has(labels, d)).forEach(touched::add);
      s.blocks.forEach((day, blocks) -> {
        if (!task.days.has(labels, day)) {
          return;
        }
        touched.add(day);
        Set<Ulid> leaves = new TreeSet<>();
        blocks.forEach(b -> leaves.addAll(b.leaves(day)));
        List<Made> there =
            days.computeIfAbsent(labels, _ -> new TreeMap<>())
                .computeIfAbsent(day, _ -> new ArrayList<>());
        if (task.done == DaySelection.DoneDays.SKIPPED
            && there.stream()
                .anyMatch(m ->
                    m.kind.equals(kind)
                        && m.leaves.containsAll(leaves)
                        && isCurrent(m, now)
                        && blocks.stream().allMatch(b -> m.hasSeenTombstones(b)))) {
          return;
        }
        if (!leaves.containsAll(s.damaged.getOrDefault(day, Set.of()))) {
          return;
        }
        Set<Ulid> bad = new TreeSet<>(found.unreadable);
        bad.retainAll(blocks.stream().map(BucketBlock::ulid).toList());
        if (!bad.isEmpty()) {
          tried.addAll(bad);
          return;
        }
        Set<Ulid> covered = new HashSet<>(leaves);
        blocks.forEach(b -> covered.add(b.ulid()));
        days.values()
            .forEach(other ->
                other
                    .getOrDefault(day, new ArrayList<>())
                    .removeIf(m -> covered.containsAll(m.leaves)));
        there.add(new Made(leaves, List.copyOf(blocks), kind));
      });
    });
    touched.forEach(day -> removeSuperseded(day, kind, now));
  }

  /// Blocks of other settings whose leaves are all in blocks of the current ones, and blocks whose
  /// leaves are all in one of the same stream that is as current.
  private void removeSuperseded(long day, RandomSettings.Kind kind, Map<Ulid, BucketBlock> now) {
    Set<Ulid> covered = new HashSet<>();
    days.values()
        .forEach(s ->
            s.getOrDefault(day, List.of()).stream()
                .filter(m -> m.kind.equals(kind) && isCurrent(m, now))
                .forEach(m -> covered.addAll(m.leaves)));
    days.values()
        .forEach(s -> {
          List<Made> all = s.getOrDefault(day, new ArrayList<>());
          List<Made> before = List.copyOf(all);
          all.removeIf(m ->
              m.kind.equals(kind)
                  ? before.stream().anyMatch(o -> o.kind.equals(kind) && isHeld(m, o, now))
                  : covered.containsAll(m.leaves));
        });
  }

  private static boolean isHeld(Made made, Made larger, Map<Ulid, BucketBlock> now) {
    return larger != made
        && isCurrent(larger, now)
        && larger.leaves.containsAll(made.leaves)
        && (larger.leaves.size() > made.leaves.size() || !isCurrent(made, now));
  }

  /// Whether no block that it was made of has changed.
  private static boolean isCurrent(Made made, Map<Ulid, BucketBlock> now) {
    return made.read.stream()
        .allMatch(b -> {
          BucketBlock current = now.get(b.ulid());
          return current == null || current.change() == b.change();
        });
  }

  /// Blocks that no other one contains; of several with the same leaves the first.
  static List<BucketBlock> active(Collection<BucketBlock> blocks) {
    return blocks.stream()
        .filter(b ->
            blocks.stream()
                .noneMatch(o ->
                    o.external().equals(b.external())
                        && o.leaves().keySet().containsAll(b.leaves().keySet())
                        && (o.leaves().size() > b.leaves().size()
                            || o.ulid().compareTo(b.ulid()) < 0)))
        .sorted(Comparator.comparing(BucketBlock::ulid))
        .toList();
  }

  private static Labels stream(BucketBlock block, BlockMeta.Rules rules) {
    LabelsBuilder out = new LabelsBuilder();
    block
        .external()
        .forEach((name, value) -> {
          if (!rules.replicaLabels().contains(name) && !rules.foldLabels().contains(name)) {
            out.add(name, value);
          }
        });
    return out.build();
  }

  /// The labels that tell a block's replica from others.
  static Labels replica(BucketBlock block, BlockMeta.Rules rules) {
    LabelsBuilder out = new LabelsBuilder();
    block
        .external()
        .forEach((name, value) -> {
          if (rules.replicaLabels().contains(name)) {
            out.add(name, value);
          }
        });
    return out.build();
  }

  /// The labels that a block's series get.
  static Labels added(BucketBlock block, BlockMeta.Rules rules) {
    LabelsBuilder out = new LabelsBuilder();
    block
        .external()
        .forEach((name, value) -> {
          if (!rules.replicaLabels().contains(name)) {
            out.add(name, value);
          }
        });
    return out.build();
  }

  Map<Labels, TreeMap<Long, List<Made>>> days() {
    return days;
  }

  /// A published block is gone.
  void remove(BlockMeta meta) {
    Set<Ulid> inputs = new TreeSet<>();
    meta.lineage().inputs().forEach(i -> inputs.add(i.ulid()));
    days.getOrDefault(meta.external(), new TreeMap<>())
        .getOrDefault(meta.minTimeMillis() / DAY, new ArrayList<>())
        .removeIf(m ->
            m.kind.sortKey().equals(meta.sortKey())
                && m.kind.rules().equals(meta.lineage().rules())
                && new TreeSet<>(m.read.stream().map(BucketBlock::ulid).toList()).equals(inputs));
  }

  /// Whether a published day was made of a block from which samples of a metric were deleted.
  boolean hasDeletions(String metric) {
    return days.values().stream()
        .flatMap(d -> d.values().stream())
        .flatMap(List::stream)
        .flatMap(m -> m.read().stream())
        .flatMap(b -> b.samples().deletedFrom().stream())
        .anyMatch(l -> l.value("__name__").equals(metric));
  }

  /// All samples that should be there, by their series and time.
  Map<Labels, TreeMap<Long, Point>> samples() {
    Map<Labels, TreeMap<Long, Point>> out = new TreeMap<>();
    days.values()
        .forEach(s ->
            s.forEach((day, all) ->
                all.forEach(m -> samples(m, day).forEach((l, points) -> add(out, l, points)))));
    return out;
  }

  private static void add(
      Map<Labels, TreeMap<Long, Point>> out, Labels labels, TreeMap<Long, Point> points) {
    TreeMap<Long, Point> all = out.computeIfAbsent(labels, _ -> new TreeMap<>());
    points.forEach((t, p) -> all.merge(t, p, Point::either));
  }

  private static Map<Labels, TreeMap<Long, Point>> samples(Made made, long day) {
    Map<Labels, TreeMap<Labels, TreeMap<Long, Point>>> replicas = new TreeMap<>();
    for (BucketBlock b : made.read) {
      Labels of =
          made.kind.rules().dedup() == BlockMeta.Dedup.PENALTY
              ? replica(b, made.kind.rules())
              : Labels.EMPTY;
      b.series()
          .forEach((own, samples) -> {
            LabelsBuilder labels = new LabelsBuilder();
            own.forEach(labels::add);
            added(b, made.kind.rules()).forEach(labels::set);
            TreeMap<Long, Point> into =
                replicas
                    .computeIfAbsent(labels.build(), _ -> new TreeMap<>())
                    .computeIfAbsent(of, _ -> new TreeMap<>());
            for (int i = 0; i < samples.size(); i++) {
              long t = samples.times()[i];
              if (t / DAY == day) {
                // The blocks are in the order of their ULIDs.
                into.merge(t, Point.of(samples, i), Point::offered);
              }
            }
          });
    }
    Map<Labels, TreeMap<Long, Point>> out = new TreeMap<>();
    replicas.forEach((labels, all) -> {
      TreeMap<Long, Point> merged = new TreeMap<>();
      boolean first = true;
      for (TreeMap<Long, Point> one : all.values()) {
        if (one.isEmpty()) {
          continue;
        }
        merged = first ? one : penalty(merged, one);
        first = false;
      }
      if (!merged.isEmpty()) {
        out.put(labels, merged);
      }
    });
    return out;
  }

  /// Thanos' rule: the earlier sample of two replicas, but the one that was not read waits for
  /// twice the interval of the other. What a replica has passed over never comes back.
  private static TreeMap<Long, Point> penalty(TreeMap<Long, Point> a, TreeMap<Long, Point> b) {
    TreeMap<Long, Point> out = new TreeMap<>();
    Long nextA = a.firstKey();
    Long nextB = b.firstKey();
    long last = 0;
    while (nextA != null || nextB != null) {
      boolean useA = nextB == null || nextA != null && nextA <= nextB;
      Map.Entry<Long, Point> chosen = useA ? a.ceilingEntry(nextA) : b.ceilingEntry(nextB);
      long now = chosen.getKey();
      long wait = out.isEmpty() ? FIRST_PENALTY_MILLIS : 2 * (now - last);
      out.put(now, chosen.getValue());
      last = now;
      nextA = next(a, nextA, useA ? now : now + wait);
      nextB = next(b, nextB, useA ? now + wait : now);
    }
    return out;
  }

  private static @Nullable Long next(TreeMap<Long, Point> replica, @Nullable Long at, long after) {
    return at == null || at > after ? at : replica.higherKey(after);
  }
}
