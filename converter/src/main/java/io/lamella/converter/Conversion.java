package io.lamella.converter;

import io.lamella.converter.publish.CatalogWriter;
import io.lamella.converter.publish.DebrisCleaner;
import io.lamella.converter.publish.DeletionMarks;
import io.lamella.converter.publish.PutIfAbsentProbe;
import io.lamella.converter.schedule.DaySelection;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.PlanInput;
import io.lamella.converter.schedule.PlanSettings;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceListing;
import io.lamella.converter.source.SourceSettings;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of the converter: lists the blocks, plans, merges, writes and publishes each day, then
/// writes the catalog file.
///
/// Where blocks turn out to have samples outside of what their metas state, or to be damaged, a
/// further round plans the days that these touch.
public final class Conversion {
  private static final Logger LOG = LoggerFactory.getLogger(Conversion.class);
  private static final int MAX_ROUNDS = 4;

  /// A time range that is longer is not believed.
  private static final long MAX_ITEM_DAYS = 400;

  private final SourceBlocks sources;
  private final ObjectStore target;
  private final ConversionOptions options;
  private final ConversionProgress progress;
  private final RunResult result = new RunResult();

  private Conversion(
      SourceBlocks sources,
      ObjectStore target,
      ConversionOptions options,
      ConversionProgress progress) {
    this.sources = sources;
    this.target = target;
    this.options = options;
    this.progress = progress;
  }

  /// Converts everything below `from` that is not yet published in `to`.
  ///
  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  /// @param to a directory or objstore YAML; published days are not converted again
  /// @throws IOException where a store fails; what was published until then stays. Damaged blocks
  ///   are in the summary
  public static ConversionSummary run(
      String from, String to, ConversionOptions options, ConversionProgress progress)
      throws IOException, InterruptedException {
    try (WorkDirectory work = WorkDirectory.create(options.resources().workDirectory());
        SourceBlocks sources = open(from, options, work.path());
        ObjectStore target = ObjectStores.openOrCreate(to)) {
      return new Conversion(sources, target, options, progress).run(work.path());
    }
  }

  /// As the other, between open stores.
  static ConversionSummary run(SourceBlocks sources, ObjectStore target, ConversionOptions options)
      throws IOException, InterruptedException {
    try (WorkDirectory work = WorkDirectory.create(options.resources().workDirectory())) {
      return new Conversion(sources, target, options, _ -> {}).run(work.path());
    }
  }

  /// Converts one work item, as [#plan] made it.
  ///
  /// @throws IOException where a store fails
  public static ConversionSummary runItem(
      String from, String to, WorkItem item, ConversionOptions options, ConversionProgress progress)
      throws IOException, InterruptedException {
    try (WorkDirectory work = WorkDirectory.create(options.resources().workDirectory());
        SourceBlocks sources = open(from, options, work.path());
        ObjectStore target = ObjectStores.openOrCreate(to)) {
      return new Conversion(sources, target, options, progress).run(item, work.path());
    }
  }

  /// The plan of a run; changes nothing.
  ///
  /// @throws IOException where a store fails
  public static Plan plan(String from, String to, ConversionOptions options)
      throws IOException, InterruptedException {
    try (SourceBlocks sources = open(from, options, options.resources().workDirectory());
        ObjectStore target = ObjectStores.openOrCreate(to)) {
      Conversion c = new Conversion(sources, target, options, _ -> {});
      SourceListing listing = sources.list();
      PublishedBlocks there = new PublishedBucket(target, PublishedBucket.Scope.ALL).refresh();
      return Planner.plan(
          c.input(listing, there).withLeaves(LeavesFile.read(target)),
          options.planSettings(Instant.now()));
    }
  }

  private static SourceBlocks open(String from, ConversionOptions options, Path work)
      throws IOException {
    return SourceBlocks.open(
        from,
        new SourceSettings(
            work.resolve("sources"), options.resources().diskBytes(), options.external()));
  }

  private DayConversion dayConversion(Path work) {
    return new DayConversion(sources, target, options, work, progress);
  }

  private ConversionSummary run(WorkItem item, Path work) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    PutIfAbsentProbe.require(target);
    switch (ItemTarget.of(item, starting(Set.of(item.dayMillis())))) {
      case ItemTarget.Open _ -> convert(item, work);
      case ItemTarget.Done _ -> result.present(1);
      case ItemTarget.Outdated(String why) -> result.outdated(item, why);
    }
    return result.summary(begun, sources.openedBytes());
  }

  private PublishedBlocks starting(Set<Long> dayMillis) throws IOException, InterruptedException {
    return PublishedBucket.startingAt(target, dayMillis).refresh();
  }

  private void convert(WorkItem item, Path work) throws IOException, InterruptedException {
    DayConversion conversion = dayConversion(work);
    List<SourceBlock> blocks = sources.list(item.blocks()).blocks();
    conversion.know(blocks);
    conversion.published(reads(starting(days(item, blocks)), List.of(item)));
    progress.planned(1);
    result.add(new ItemRun(conversion, 1, progress).run(List.of(List.of(item))));
    conversion.release();
  }

  private ConversionSummary run(Path work) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    PutIfAbsentProbe.require(target);
    clean();
    PublishedBucket published = new PublishedBucket(target, PublishedBucket.Scope.ALL);
    PublishedBlocks there = published.refresh();
    there.broken().forEach(result::broken);
    SourceListing listing = sources.list();
    Map<Ulid, TimeSpan> leaves = LeavesFile.read(target);
    PlanSettings settings = options.planSettings(begun);
    Plan plan = Planner.plan(input(listing, there).withLeaves(leaves), settings);
    LeavesFile.write(target, leaves, plan.leaves());
    result.planned(plan, listing);
    DayConversion conversion = dayConversion(work);
    conversion.know(listing.blocks());
    try {
      rounds(conversion, published, new Known(listing, there), plan);
    } finally {
      conversion.release();
    }
    new CatalogWriter(target, published).write(Instant.now());
    return result.summary(begun, sources.openedBytes());
  }

  /// What source and target have.
  private record Known(SourceListing listing, PublishedBlocks there) {}

  /// Carries out the plan, and then plans again with what was learned, until nothing is new.
  private void rounds(DayConversion conversion, PublishedBucket published, Known before, Plan first)
      throws IOException, InterruptedException {
    Plan plan = first;
    SourceListing listing = before.listing;
    PublishedBlocks there = before.there;
    Set<Ulid> tried = new HashSet<>();
    for (int round = 1; ; round++) {
      List<List<WorkItem>> groups =
          plan.groups().stream()
              .map(g -> g.stream().filter(i -> tried.add(i.target())).toList())
              .filter(g -> !g.isEmpty())
              .toList();
      progress.planned(groups.stream().mapToInt(List::size).sum());
      conversion.published(reads(there, groups.stream().flatMap(List::stream).toList()));
      result.add(new ItemRun(conversion, options.resources().parallelDays(), progress).run(groups));
      conversion
          .outside()
          .forEach(u -> LOG.info("source block has samples outside of its times block={}", u));
      PlanSettings settings = options.planSettings(Instant.now());
      // What was rebuilt is not rebuilt again.
      PlanSettings next =
          settings.withSelection(settings.selection().withDone(DaySelection.DoneDays.SKIPPED));
      there = published.refresh();
      plan = plan(conversion, new Known(listing, there), first, next);
      if (!plan.superseded().isEmpty()) {
        // A source that changed during the run decides which of two blocks is right.
        listing = sources.list();
        conversion.know(listing.blocks());
        plan = plan(conversion, new Known(listing, there), first, next);
      }
      DeletionMarks.put(target, plan.superseded(), "superseded by blocks of other settings");
      if (round == MAX_ROUNDS || plan.items().stream().allMatch(i -> tried.contains(i.target()))) {
        result.outside(conversion.outside());
        plan.waiting().forEach(result::waiting);
        return;
      }
    }
  }

  private Plan plan(DayConversion conversion, Known known, Plan first, PlanSettings settings) {
    return Planner.plan(
        input(known.listing, known.there).withLeaves(first.leaves()).withReal(conversion.real()),
        settings);
  }

  /// The first instants of all days that the blocks of an item are known to touch.
  private static Set<Long> days(WorkItem item, List<SourceBlock> blocks) {
    Set<Long> out = new HashSet<>(Set.of(item.dayMillis()));
    List<TimeSpan> spans = new ArrayList<>();
    blocks.forEach(b -> spans.add(b.span()));
    item.lineage().sources().stream()
        .filter(s -> item.blocks().contains(s.ulid()))
        .forEach(s -> spans.add(new TimeSpan(s.minTimeMillis(), s.maxTimeMillis())));
    for (TimeSpan s : spans) {
      for (long day = Math.max(0, s.firstDay());
          day <= s.lastDay() && day - s.firstDay() < MAX_ITEM_DAYS;
          day++) {
        out.add(day * Planner.DAY_MILLIS);
      }
    }
    return out;
  }

  private static PublishedReads reads(PublishedBlocks there, Collection<WorkItem> items) {
    return PublishedReads.of(
        there.metas(),
        items.stream().flatMap(i -> i.blocks().stream()).collect(Collectors.toSet()));
  }

  private void clean() {
    try {
      int removed = new DebrisCleaner(target, options.debrisDelay()).clean();
      if (removed > 0) {
        LOG.info("removed unfinished uploads of earlier runs objects={}", removed);
      }
    } catch (IOException e) {
      LOG.warn("unfinished uploads not removed reason=\"{}\"", e.getMessage());
    }
  }

  /// What is known, without blocks that turned out to be damaged.
  private PlanInput input(SourceListing listing, PublishedBlocks there) {
    List<SourceBlock> usable = new ArrayList<>();
    List<SourceBlock> damaged = new ArrayList<>(listing.damaged());
    for (SourceBlock b : listing.blocks()) {
      (result.isDamaged(b.ulid()) ? damaged : usable).add(b);
    }
    PlanInput all = new PlanInput(usable, published(there));
    return switch (options.damaged()) {
      case WAIT -> all.withDamaged(damaged);
      case LEFT_OUT -> all;
    };
  }

  /// Blocks that replace others count as long as they are neither replaced nor marked themselves.
  private static PlanInput.Published published(PublishedBlocks there) {
    List<BlockMeta> unmarked = there.unmarked().stream().map(e -> e.meta()).toList();
    Set<Ulid> taken =
        there.entries().stream().map(e -> e.meta().ulid()).collect(Collectors.toSet());
    taken.addAll(there.marked());
    there.broken().forEach(b -> taken.add(b.block()));
    return new PlanInput.Published(PublishedBlocks.notReplaced(unmarked), taken);
  }
}
