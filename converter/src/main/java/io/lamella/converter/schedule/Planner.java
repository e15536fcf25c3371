package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Divides streams into UTC days and skips days that are done.
///
/// A day is done where a published block of the same stream, rules and sort key has all leaves that
/// may touch the day, no block that it was made of has changed since, and none that was compacted
/// from its leaves has tombstones. So a day is not converted again after compaction or deletion of
/// its TSDB blocks. It is converted again where there are new leaves; the new block then has the
/// old one in `replaces`.
public final class Planner {
  public static final long DAY_MILLIS = 86_400_000;

  private final PlanSettings settings;
  private final PublishedDays published;
  private final Set<Ulid> there;
  private final Set<Ulid> taken;
  private final Map<Ulid, SourceBlock> read = new HashMap<>();
  private final LeafRanges ranges;
  private final List<WorkItem> items = new ArrayList<>();
  private final List<Plan.Waiting> waiting = new ArrayList<>();
  private final Set<Ulid> superseded = new LinkedHashSet<>();
  private int done;

  private Planner(PlanInput input, PlanSettings settings, LeafRanges ranges) {
    this.settings = settings;
    this.published = new PublishedDays(input.published().visible(), settings, this::isCurrent);
    this.there = input.published().taken();
    this.taken = new HashSet<>(input.published().taken());
    this.ranges = ranges;
  }

  public static Plan plan(PlanInput input, PlanSettings settings) {
    List<Plan.Skipped> skipped = new ArrayList<>();
    List<SourceBlock> raw = new ArrayList<>();
    for (SourceBlock b : input.blocks()) {
      if (b.resolutionMillis() != 0) {
        skipped.add(
            Plan.Skipped.expected(b.ulid(), "downsampled to " + b.resolutionMillis() + " ms"));
      } else if (settings.selection().selects(b.external())) {
        raw.add(b);
      }
    }
    Planner planner = new Planner(input, settings, LeafRanges.of(input, raw));
    planner.plan(CompactedBlocks.without(raw, skipped), input.damaged());
    Set<Ulid> leaves = new HashSet<>();
    raw.forEach(b -> leaves.addAll(b.sources()));
    return new Plan(
        planner.items,
        planner.done,
        planner.waiting,
        skipped,
        List.copyOf(planner.superseded),
        planner.ranges.narrowest(leaves));
  }

  private void plan(List<SourceBlock> blocks, List<SourceBlock> damaged) {
    StreamDays days = new StreamDays(settings.rules(), ranges);
    for (SourceBlock b : blocks) {
      read.put(b.ulid(), b);
      days.add(b);
    }
    damaged.stream()
        .filter(b -> b.resolutionMillis() == 0)
        .filter(b -> settings.selection().selects(b.external()))
        .forEach(days::addDamaged);
    Set<Long> touched = new TreeSet<>();
    for (Map.Entry<Labels, TreeMap<Long, StreamDays.Day>> stream : days.streams().entrySet()) {
      stream
          .getValue()
          .forEach((day, sources) -> {
            if (settings.selection().selects(stream.getKey(), day)) {
              touched.add(day);
              plan(stream.getKey(), day, sources, days);
            }
          });
    }
    for (long day : touched) {
      for (BlockMeta b : published.superseded(day, this::contained)) {
        // First those that it replaces: they would show again.
        b.replaces().stream().filter(there::contains).forEach(superseded::add);
        superseded.add(b.ulid());
      }
    }
    Comparator<WorkItem> byDay = Comparator.comparingLong(WorkItem::dayMillis);
    Comparator<WorkItem> order =
        switch (settings.selection().order()) {
          case OLDEST_FIRST -> byDay;
          case NEWEST_FIRST -> byDay.reversed();
        };
    items.sort(order.thenComparing(WorkItem::stream));
  }

  private void plan(Labels stream, long day, StreamDays.Day sources, StreamDays days) {
    List<PublishedDays.Block> there = published.matching(stream, day);
    int generation =
        switch (settings.selection().done()) {
          case SKIPPED -> 0;
          case REBUILT ->
              there.stream().mapToInt(b -> b.meta().lineage().generation() + 1).max().orElse(0);
        };
    if (generation == 0 && there.stream().anyMatch(b -> isDone(b, sources))) {
      done++;
      return;
    }
    Optional<Ulid> damaged = sources.waitsFor();
    if (damaged.isPresent()) {
      waiting.add(new Plan.Waiting(stream, LocalDate.ofEpochDay(day), damaged.get()));
      return;
    }
    if (sources.blocks().isEmpty()) {
      return;
    }
    items.add(item(stream, day, sources, days, new Repeat(replaces(sources, day), generation)));
  }

  /// The blocks whose samples the new one has, and those that these replace: else they would show
  /// again as soon as the block between is deleted.
  private List<Ulid> replaces(StreamDays.Day sources, long day) {
    Set<Ulid> out = new TreeSet<>();
    for (PublishedDays.Block b : published.within(replaceable(sources), compacted(sources), day)) {
      out.add(b.meta().ulid());
      b.meta().replaces().stream().filter(there::contains).forEach(out::add);
    }
    return List.copyOf(out);
  }

  /// The leaves of the day, and the blocks that hold them: a published block may name one of these
  /// as a source of its own.
  private static Set<Ulid> replaceable(StreamDays.Day sources) {
    Set<Ulid> out = new HashSet<>(sources.leaves());
    for (SourceBlock b : sources.blocks()) {
      out.add(b.ulid());
      out.addAll(b.parents().keySet());
    }
    return out;
  }

  /// All leaves of the blocks of a day, also those that are known to touch other days only.
  private static Set<Ulid> compacted(StreamDays.Day sources) {
    Set<Ulid> out = new HashSet<>();
    sources.blocks().forEach(b -> out.addAll(b.sources()));
    return out;
  }

  /// The source blocks whose samples of its day a published block has: its leaves, the blocks that
  /// were read, and those that were compacted into these.
  private Set<Ulid> contained(BlockMeta block) {
    Set<Ulid> out = new HashSet<>(block.sourceUlids());
    for (BlockMeta.Input i : block.lineage().inputs()) {
      out.add(i.ulid());
      SourceBlock input = read.get(i.ulid());
      if (input != null) {
        out.addAll(input.parents().keySet());
      }
    }
    return out;
  }

  /// How a day is done once more.
  private record Repeat(List<Ulid> replaces, int generation) {}

  private boolean isDone(PublishedDays.Block block, StreamDays.Day sources) {
    return block.leaves().containsAll(sources.leaves())
        && isCurrent(block.meta())
        && hasSeenTombstones(block.meta(), sources);
  }

  /// Whether a published block was made of all blocks that delete samples. One that was compacted
  /// after the publication has the same leaves, and may have got tombstones since then.
  private static boolean hasSeenTombstones(BlockMeta block, StreamDays.Day sources) {
    return sources.blocks().stream()
        .filter(b -> b.files().hasTombstones())
        .allMatch(b -> block.lineage().inputs().stream().anyMatch(i -> i.ulid().equals(b.ulid())));
  }

  private boolean isCurrent(BlockMeta block) {
    return block.lineage().inputs().stream().allMatch(this::isUnchanged);
  }

  private boolean isUnchanged(BlockMeta.Input input) {
    SourceBlock now = read.get(input.ulid());
    return now == null || now.files().state().equals(input.state());
  }

  private WorkItem item(
      Labels stream, long day, StreamDays.Day sources, StreamDays days, Repeat repeat) {
    long start = day * DAY_MILLIS;
    List<SourceBlock> blocks =
        sources.blocks().stream().sorted(Comparator.comparing(SourceBlock::ulid)).toList();
    List<BlockMeta.Input> inputs =
        blocks.stream().map(b -> BlockMeta.Input.unread(b.ulid(), b.files().state())).toList();
    WorkItem item =
        new WorkItem(
            new Ulid(0, 0),
            BlockMeta.Coverage.raw(stream, start, start + DAY_MILLIS),
            settings.sortKey(),
            settings.columnMillis(),
            blocks.stream().map(days::read).toList(),
            new BlockMeta.Lineage(
                leaves(sources, blocks),
                inputs,
                List.of(),
                settings.rules(),
                repeat.generation,
                settings.createdBy()));
    BlockIdentity identity = new BlockIdentity(item);
    int generation = repeat.generation;
    // A broken, marked or replaced block has the name already.
    while (!taken.add(identity.ulid(generation))) {
      generation++;
    }
    Ulid target = identity.ulid(generation);
    return new WorkItem(
        target,
        item.coverage(),
        item.sortKey(),
        item.columnMillis(),
        item.reads(),
        new BlockMeta.Lineage(
            item.lineage().sources(),
            inputs,
            repeat.replaces,
            settings.rules(),
            generation,
            settings.createdBy()));
  }

  private List<BlockMeta.Source> leaves(StreamDays.Day sources, List<SourceBlock> blocks) {
    Map<Ulid, BlockMeta.Source> out = new TreeMap<>();
    for (SourceBlock b : blocks) {
      for (Ulid leaf : b.sources()) {
        if (sources.leaves().contains(leaf)) {
          out.merge(leaf, leaf(leaf, b), Planner::narrower);
        }
      }
      if (sources.leaves().contains(b.ulid())) {
        out.putIfAbsent(b.ulid(), leaf(b.ulid(), b));
      }
    }
    return List.copyOf(out.values());
  }

  private BlockMeta.Source leaf(Ulid leaf, SourceBlock block) {
    TimeSpan range =
        leaf.equals(block.ulid())
            ? ranges.real(leaf).orElse(block.span())
            : ranges.range(leaf, block);
    long samples = leaf.equals(block.ulid()) ? block.files().samples() : BlockMeta.Source.UNKNOWN;
    return new BlockMeta.Source(leaf, range.startMillis(), range.endMillis(), samples);
  }

  private static BlockMeta.Source narrower(BlockMeta.Source a, BlockMeta.Source b) {
    return a.maxTimeMillis() - a.minTimeMillis() <= b.maxTimeMillis() - b.minTimeMillis() ? a : b;
  }
}
