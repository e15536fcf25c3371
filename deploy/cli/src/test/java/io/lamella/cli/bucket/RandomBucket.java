package io.lamella.cli.bucket;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.chunk.CounterResetHints;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A bucket of source blocks from a seed, and what happens to it between two runs.
final class RandomBucket {
  static final long DAY = BucketBlock.DAY;
  static final long START = 20_089 * DAY;
  private static final long HOUR = 3_600_000;

  private final Random random;
  private final BlockFactory factory;
  private final Path root;
  private final Path copies;
  private final RandomSettings settings;
  private final long end;

  /// All blocks that are or may come, in their present state.
  private final Map<Ulid, BucketBlock> blocks = new TreeMap<>();

  private final Map<Ulid, Condition> conditions = new TreeMap<>();
  private final List<String> history = new ArrayList<>();
  private final Set<Ulid> deleted = new TreeSet<>();
  private int changes;

  RandomBucket(Random random, BlockFactory factory, Path directory, RandomSettings settings)
      throws IOException {
    this.random = random;
    this.factory = factory;
    this.settings = settings;
    this.root = Files.createDirectories(directory.resolve("source"));
    this.copies = Files.createDirectories(directory.resolve("copies"));
    this.end = START + (1 + random.nextInt(3)) * DAY;
    boolean startTimes = random.nextInt(4) == 0 && factory.hasStartTimes();
    Map<Labels, RandomSeries> clusters = new TreeMap<>();
    for (Labels external : settings.servers()) {
      RandomSeries series =
          clusters.computeIfAbsent(
              Labels.of("cluster", external.value("cluster")),
              _ -> new RandomSeries(random, startTimes));
      add(external, series.scrape(START, end, settings.skewMillis()));
    }
  }

  Path root() {
    return root;
  }

  List<String> history() {
    return history;
  }

  /// Cuts what a server has to blocks of some hours, some of them in two that interleave.
  private void add(Labels external, Map<Labels, SampleColumns> all) throws IOException {
    for (long from = START - HOUR; from < end; ) {
      long to = from + (3 + random.nextInt(14)) * HOUR;
      if (random.nextInt(3) == 0) {
        to = (from / DAY + 1) * DAY;
      }
      Map<Labels, SampleColumns> first = new TreeMap<>();
      Map<Labels, SampleColumns> second = new TreeMap<>();
      boolean split = random.nextInt(4) == 0;
      boolean doubled = random.nextInt(3) == 0;
      for (Map.Entry<Labels, SampleColumns> s : all.entrySet()) {
        for (int i = 0; i < s.getValue().size(); i++) {
          long t = s.getValue().times()[i];
          if (t >= from && t < to) {
            boolean other = split && random.nextInt(3) == 0;
            if (!other || doubled) {
              append(first, s, i);
            }
            if (other) {
              append(second, s, i);
            }
          }
        }
      }
      add(external, first, random.nextInt(4) == 0 ? Condition.ABSENT : Condition.INTACT);
      add(external, second, random.nextInt(2) == 0 ? Condition.ABSENT : Condition.INTACT);
      from = to;
    }
  }

  private static void append(
      Map<Labels, SampleColumns> into, Map.Entry<Labels, SampleColumns> series, int i) {
    into.computeIfAbsent(series.getKey(), _ -> new SampleColumns()).addFrom(series.getValue(), i);
  }

  private Ulid ulid() {
    byte[] entropy = new byte[10];
    random.nextBytes(entropy);
    return Ulid.of(START + random.nextLong(10 * DAY), entropy);
  }

  private void add(Labels external, Map<Labels, SampleColumns> series, Condition condition)
      throws IOException {
    if (series.isEmpty()) {
      return;
    }
    Ulid ulid = ulid();
    long min = series.values().stream().mapToLong(s -> s.times()[0]).min().orElseThrow();
    long max =
        1 + series.values().stream().mapToLong(s -> s.times()[s.size() - 1]).max().orElseThrow();
    // As Prometheus does: the first sample, and a whole hour after the last, of the same day.
    max = Math.min(((max - 1) / DAY + 1) * DAY, (max / HOUR + 1) * HOUR);
    Set<Long> days = BucketBlock.days(series);
    series.values().forEach(CounterResetHints::prove);
    Map<Ulid, Set<Long>> leaves = new TreeMap<>(Map.of(ulid, days));
    Set<Ulid> sources = Set.of(ulid);
    if (settings.hasSamplesOutside() && random.nextInt(4) == 0 && max - min > 2) {
      long cut = min + 1 + random.nextLong(max - min - 1);
      if (random.nextBoolean()) {
        max = cut;
      } else {
        min = cut - 1;
      }
      if (random.nextBoolean()) {
        // Compacted from one that is gone: of the other days the block is a leaf of its own.
        Ulid gone = ulid();
        sources = Set.of(gone);
        Set<Long> inside = new TreeSet<>();
        Set<Long> outside = new TreeSet<>();
        for (long d : days) {
          (d >= min / DAY && d <= (max - 1) / DAY ? inside : outside).add(d);
        }
        leaves = new TreeMap<>(Map.of(gone, inside));
        if (!outside.isEmpty()) {
          leaves.put(ulid, outside);
        }
      }
    }
    factory.write(
        copies,
        new BlockFactory.Stated(ulid, settings.stated(external), min, max, sources),
        series);
    BucketBlock.Span span = new BucketBlock.Span(min, max, days);
    put(block(ulid, external, span, leaves, new BucketBlock.Samples(series, Set.of())), condition);
  }

  private BucketBlock block(
      Ulid ulid,
      Labels external,
      BucketBlock.Span span,
      Map<Ulid, Set<Long>> leaves,
      BucketBlock.Samples samples) {
    return new BucketBlock(
        ulid, external, span, leaves, samples, copies.resolve(ulid.toString()), changes);
  }

  /// Puts a block's files into the bucket in this condition.
  private void put(BucketBlock block, Condition condition) throws IOException {
    Ulid u = block.ulid();
    blocks.put(u, block.with(changes++));
    conditions.put(u, condition);
    new BlockFiles(root, random).put(block, condition);
  }

  List<BucketBlock> in(Condition... these) {
    Set<Condition> all = Set.of(these);
    return blocks.values().stream().filter(b -> all.contains(conditions.get(b.ulid()))).toList();
  }

  private Optional<BucketBlock> any(List<BucketBlock> of) {
    return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
  }

  /// One random change.
  void change() throws IOException {
    List<BucketBlock> active = ExpectedBucket.active(in(Condition.INTACT));
    switch (random.nextInt(10)) {
      case 0, 1 -> change(any(in(Condition.ABSENT)), Condition.INTACT);
      case 2, 3 -> delete(active);
      case 4, 5 -> compact(active);
      case 6 -> damage(active);
      case 7 ->
          change(
              any(in(Condition.ABSENT)),
              random.nextBoolean() ? Condition.NO_META : Condition.DOWNSAMPLED);
      case 8 -> change(any(active), random.nextBoolean() ? Condition.MARKED : Condition.ABSENT);
      default -> repair();
    }
  }

  private void change(Optional<BucketBlock> block, Condition to) throws IOException {
    if (block.isPresent()) {
      history.add(block.get().ulid() + " " + to);
      put(block.get(), to);
    }
  }

  private void damage(List<BucketBlock> active) throws IOException {
    Condition kind =
        switch (random.nextInt(5)) {
          case 0 -> Condition.CORRUPT_META;
          case 1 -> Condition.IMPOSSIBLE_TIMES;
          case 2 -> Condition.MISSING_SEGMENT;
          case 3 -> Condition.SHORT_SEGMENT;
          default -> Condition.FLIPPED_BYTE;
        };
    boolean isMeta = kind == Condition.CORRUPT_META || kind == Condition.IMPOSSIBLE_TIMES;
    if (!isMeta && settings.hasSamplesOutside()
        || kind == Condition.FLIPPED_BYTE && !in(Condition.FLIPPED_BYTE).isEmpty()) {
      return;
    }
    change(any(active), kind);
  }

  /// Makes a damaged block what it was.
  private void repair() throws IOException {
    change(any(damaged()), Condition.INTACT);
  }

  private List<BucketBlock> damaged() {
    return in(
        Condition.MARKED,
        Condition.CORRUPT_META,
        Condition.IMPOSSIBLE_TIMES,
        Condition.MISSING_SEGMENT,
        Condition.SHORT_SEGMENT,
        Condition.FLIPPED_BYTE);
  }

  /// Repairs all, and puts back what was taken away.
  void repairAll() throws IOException {
    history.add("all repaired");
    for (BucketBlock b : damaged()) {
      put(b, Condition.INTACT);
    }
    for (BucketBlock b : in(Condition.ABSENT, Condition.NO_META, Condition.DOWNSAMPLED)) {
      put(b, Condition.INTACT);
    }
  }

  /// Deletes some samples of one series by a tombstone.
  private void delete(List<BucketBlock> active) throws IOException {
    Optional<BucketBlock> any = any(active);
    if (any.isEmpty()) {
      return;
    }
    BucketBlock b = any.get();
    List<Labels> all = List.copyOf(b.series().keySet());
    Labels labels = all.get(random.nextInt(all.size()));
    SampleColumns samples = b.series().getOrDefault(labels, new SampleColumns());
    if (samples.size() == 0) {
      return;
    }
    int from = random.nextInt(samples.size());
    int to = from + random.nextInt(Math.min(samples.size() - from, 40));
    TimeRange range = new TimeRange(samples.times()[from], samples.times()[to]);
    SampleColumns rest = new SampleColumns();
    for (int i = 0; i < samples.size(); i++) {
      if (!range.contains(samples.times()[i])) {
        rest.addFrom(samples, i);
      }
    }
    Map<Labels, SampleColumns> series = new TreeMap<>(b.series());
    series.put(labels, rest);
    Path copy = copies.resolve("change-" + changes).resolve(b.ulid().toString());
    BlockFiles.copy(b.intact(), copy);
    factory.delete(copy, labels, range);
    history.add(b.ulid() + " deleted " + labels + " " + range);
    deleted.add(b.ulid());
    put(b.with(b.samples().without(series, labels), copy), Condition.INTACT);
  }

  /// Compacts two or three blocks of one server, and removes, marks or leaves them.
  private void compact(List<BucketBlock> active) throws IOException {
    Optional<BucketBlock> any = any(active);
    if (any.isEmpty()) {
      return;
    }
    List<BucketBlock> chosen =
        active.stream()
            .filter(b -> b.external().equals(any.get().external()) && b.isTrue())
            // A deletion that no run sees before a compaction carries it out is not noticed.
            .filter(b -> !deleted.contains(b.ulid()))
            .sorted(java.util.Comparator.comparingLong(b -> b.span().minMillis()))
            .limit(2 + random.nextInt(2))
            .toList();
    Map<Labels, TreeMap<Long, ExpectedBucket.Point>> merged = new TreeMap<>();
    Map<Ulid, Set<Long>> leaves = new TreeMap<>();
    Set<Ulid> sources = new TreeSet<>();
    Set<Labels> deletedFrom = new TreeSet<>();
    Set<Long> days = new TreeSet<>();
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (BucketBlock b : chosen) {
      b.leaves()
          .forEach((leaf, of) -> leaves.computeIfAbsent(leaf, _ -> new TreeSet<>()).addAll(of));
      sources.addAll(b.leaves().keySet());
      days.addAll(b.span().days());
      deletedFrom.addAll(b.samples().deletedFrom());
      min = Math.min(min, b.span().minMillis());
      max = Math.max(max, b.span().maxMillis());
      b.series()
          .forEach((labels, samples) -> {
            for (int i = 0; i < samples.size(); i++) {
              merged
                  .computeIfAbsent(labels, _ -> new TreeMap<>())
                  .putIfAbsent(samples.times()[i], ExpectedBucket.Point.of(samples, i));
            }
          });
    }
    if (chosen.size() < 2 || merged.isEmpty()) {
      return;
    }
    Map<Labels, SampleColumns> series = new TreeMap<>();
    merged.forEach((labels, points) -> {
      SampleColumns s = new SampleColumns();
      points.values().forEach(p -> s.addFrom(p.from(), p.index()));
      CounterResetHints.prove(s);
      series.put(labels, s);
    });
    Ulid ulid = ulid();
    Labels external = any.get().external();
    factory.compact(
        copies,
        new BlockFactory.Stated(ulid, settings.stated(external), min, max, sources),
        chosen.stream().map(BucketBlock::intact).toList(),
        series);
    history.add(ulid + " compacted from " + chosen.stream().map(BucketBlock::ulid).toList());
    BucketBlock.Span span = new BucketBlock.Span(min, max, days);
    put(
        block(ulid, external, span, leaves, new BucketBlock.Samples(series, deletedFrom)),
        Condition.INTACT);
    int then = random.nextInt(3);
    for (BucketBlock b : chosen) {
      if (then == 0) {
        blocks.remove(b.ulid());
        conditions.remove(b.ulid());
        DirectoryTree.delete(root.resolve(b.ulid().toString()));
      } else if (then == 1) {
        put(b, Condition.MARKED);
      }
    }
  }

  /// Number of blocks that no work item reads, for a reason that a listing shows.
  int leftOut(ExpectedBucket.Found found) {
    int compacted = found.usable().size() - ExpectedBucket.active(found.usable()).size();
    return compacted
        + in(
                Condition.NO_META,
                Condition.MARKED,
                Condition.DOWNSAMPLED,
                Condition.CORRUPT_META,
                Condition.IMPOSSIBLE_TIMES,
                Condition.MISSING_SEGMENT,
                Condition.SHORT_SEGMENT)
            .size();
  }

  /// What a run finds, and has seen afterwards.
  ExpectedBucket.Found found(boolean waits) {
    deleted.clear();
    List<BucketBlock> usable = in(Condition.INTACT, Condition.FLIPPED_BYTE);
    Set<Ulid> flipped = new TreeSet<>();
    in(Condition.FLIPPED_BYTE).forEach(b -> flipped.add(b.ulid()));
    return new ExpectedBucket.Found(
        usable,
        waits ? in(Condition.MISSING_SEGMENT, Condition.SHORT_SEGMENT) : List.of(),
        flipped,
        waits);
  }
}
