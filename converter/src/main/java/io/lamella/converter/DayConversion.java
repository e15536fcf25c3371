package io.lamella.converter;

import io.lamella.converter.merge.DayMerge;
import io.lamella.converter.merge.MergeInput;
import io.lamella.converter.merge.MergeSettings;
import io.lamella.converter.publish.Publisher;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.SourceBlock;
import io.lamella.converter.schedule.TimeSpan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.OpenSource;
import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceFailure;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.MetaRead;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Converts work items: opens the sources, merges, writes and publishes. What it learns of the
/// sources is for the planner. Thread-safe.
final class DayConversion {
  private static final Logger LOG = LoggerFactory.getLogger(DayConversion.class);

  private final SourceBlocks sources;
  private final Publisher publisher;
  private final ObjectStore target;
  private final ConversionOptions options;
  private final Path work;
  private final ConversionProgress progress;
  private volatile int atOnce = 1;
  private final SampleBalance balance = new SampleBalance();
  private final Map<Ulid, TimeSpan> real = new ConcurrentHashMap<>();
  private final Map<Ulid, SourceBlocks.SourceLease> held = new HashMap<>();
  private final Map<Ulid, SourceBlock> blocks = new ConcurrentHashMap<>();

  DayConversion(
      SourceBlocks sources,
      ObjectStore target,
      ConversionOptions options,
      Path work,
      ConversionProgress progress) {
    this.sources = sources;
    this.target = target;
    this.publisher = new Publisher(target);
    this.options = options;
    this.work = work;
    this.progress = progress;
  }

  /// The number of items that are converted at once from now on; they share memory and threads.
  void atOnce(int items) {
    atOnce = items;
  }

  /// Blocks of the source that items may name.
  void know(List<SourceBlock> listed) {
    listed.forEach(b -> blocks.put(b.ulid(), b));
  }

  /// What is published of the blocks that the next items read.
  void published(PublishedReads reads) {
    balance.published(reads);
  }

  /// Time ranges of the samples of all blocks that were opened.
  Map<Ulid, TimeSpan> real() {
    return Map.copyOf(real);
  }

  /// Leases what an item reads, without opening it.
  SourceBlocks.SourceLease lease(WorkItem item) {
    return sources.lease(item.blocks(), new TimeSpan(item.dayMillis(), item.endMillis()));
  }

  /// Converts and publishes.
  ///
  /// @param lease is closed
  /// @return with the meta of the published block
  ItemOutcome convert(WorkItem item, SourceBlocks.SourceLease lease)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(work.resolve(item.target().toString()));
    try (lease) {
      List<OpenSource> open = lease.sources(threads());
      for (int i = 0; i < open.size(); i++) {
        opened(item.reads().get(i).ulid(), open.get(i));
      }
      progress.started(item, expected(item));
      BlockMeta meta = merge(item, open, directory);
      balance.add(Math.floorDiv(item.dayMillis(), Planner.DAY_MILLIS), meta.lineage().inputs());
      return switch (publisher.publish(meta, directory, threads())) {
        case DONE -> new ItemOutcome.Published(meta);
        case LOST_TO_ANOTHER_WRITER ->
            new ItemOutcome.AlreadyThere(MetaRead.of(meta.ulid(), target).require());
      };
    } finally {
      DirectoryTree.delete(directory);
    }
  }

  /// The threads of one item.
  private int threads() {
    return Math.max(1, options.resources().threads() / atOnce);
  }

  private BlockMeta merge(WorkItem item, List<OpenSource> open, Path directory)
      throws IOException, InterruptedException {
    List<MergeInput> inputs = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      WorkItem.Read r = item.reads().get(i);
      inputs.add(new MergeInput(r.ulid(), open.get(i).block(), r.rowLabels(), r.replica()));
    }
    ConversionOptions.Resources r = options.resources();
    MergeSettings settings =
        new MergeSettings(
            options.settings(),
            item.columnMillis(),
            Math.max(1, r.memoryBytes() / atOnce),
            threads());
    // The files themselves state the lineage, so it is complete before they are written.
    WorkItem known = item.withLineage(withRanges(item.lineage()));
    try {
      return new DayMerge(known, inputs, settings, more -> progress.samples(item, more))
          .write(directory)
          .meta();
    } catch (RuntimeException e) {
      throw blamed(known, inputs, settings, e);
    }
  }

  /// Finds the input to blame for a failure that no check foresaw: that which fails alone, too.
  private IOException blamed(
      WorkItem item, List<MergeInput> inputs, MergeSettings settings, RuntimeException failure)
      throws IOException, InterruptedException {
    for (MergeInput input : inputs) {
      Path directory = Files.createTempDirectory(work, "alone");
      try {
        new DayMerge(item, List.of(input), settings, _ -> {}).write(directory);
      } catch (RuntimeException e) {
        LOG.warn("source block not merged block={} day={}", input.ulid(), item.day(), e);
        return SourceFailure.unexpected(input.ulid(), e);
      } finally {
        DirectoryTree.delete(directory);
      }
    }
    throw failure;
  }

  /// The same lineage with the real time range of each source that was read itself. A compacted
  /// block with samples outside of what its meta states becomes a source of its own, so that later
  /// runs know of them.
  private BlockMeta.Lineage withRanges(BlockMeta.Lineage lineage) {
    Map<Ulid, BlockMeta.Source> out = new TreeMap<>();
    lineage.sources().forEach(s -> out.put(s.ulid(), s));
    for (BlockMeta.Input i : lineage.inputs()) {
      TimeSpan range = real.get(i.ulid());
      SourceBlock block = blocks.get(i.ulid());
      if (range != null
          && block != null
          && (out.containsKey(i.ulid()) || !block.span().contains(range))) {
        out.put(
            i.ulid(),
            new BlockMeta.Source(
                i.ulid(), range.startMillis(), range.endMillis(), block.files().samples()));
      }
    }
    return new BlockMeta.Lineage(
        List.copyOf(out.values()),
        lineage.inputs(),
        lineage.replaces(),
        lineage.rules(),
        lineage.generation(),
        lineage.createdBy());
  }

  /// Remembers the real time range. A block with samples outside of what its meta states is held
  /// until these are planned, too, so that it is not copied again.
  private void opened(Ulid ulid, OpenSource source) {
    SourceBlock block = blocks.get(ulid);
    if (block == null) {
      return;
    }
    balance.opened(block, source);
    source.range().ifPresent(r -> real.put(ulid, r));
    if (source.days().stream()
        .anyMatch(d -> d < block.span().firstDay() || d > block.span().lastDay())) {
      synchronized (this) {
        held.computeIfAbsent(ulid, u -> sources.lease(List.of(u), block.span()));
      }
    }
  }

  /// Releases the held blocks.
  void release() throws IOException {
    List<SourceBlocks.SourceLease> all;
    synchronized (this) {
      all = new ArrayList<>(held.values());
      held.clear();
    }
    for (SourceBlocks.SourceLease l : all) {
      l.close();
    }
  }

  /// Blocks that have samples outside of what their metas state.
  synchronized Set<Ulid> outside() {
    return Set.copyOf(held.keySet());
  }

  /// About how many samples the day has.
  private long expected(WorkItem item) {
    TimeSpan day = new TimeSpan(item.dayMillis(), item.endMillis());
    double total = 0;
    for (WorkItem.Read r : item.reads()) {
      SourceBlock b = blocks.get(r.ulid());
      if (b != null && b.span().overlaps(day)) {
        TimeSpan common = b.span().narrowedBy(day);
        total +=
            (double) b.files().samples()
                * (common.endMillis() - common.startMillis())
                / (b.span().endMillis() - b.span().startMillis());
      }
    }
    return (long) total;
  }
}
