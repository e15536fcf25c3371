package io.lamella.converter;

import io.lamella.converter.merge.DayMerge;
import io.lamella.converter.publish.CatalogWriter;
import io.lamella.converter.publish.Publisher;
import io.lamella.converter.publish.UnfinishedUploads;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.BlockBucket;
import io.lamella.converter.source.SourceBlocks;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.read.PublishedBlocks;
import io.lamella.storage.block.read.PublishedBucket;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.local.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of the converter: lists the blocks, plans, merges, writes and publishes each day, then
/// writes the catalog file.
public final class Conversion {
  private static final Logger LOG = LoggerFactory.getLogger(Conversion.class);

  private final SourceBlocks sources;
  private final ObjectStore target;
  private final ConversionOptions options;
  private final ConversionProgress progress;

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
  /// @throws IOException where a source block is corrupt or a store fails; what was published until
  ///   then stays
  public static ConversionSummary run(
      String from, String to, ConversionOptions options, ConversionProgress progress)
      throws IOException, InterruptedException {
    try (WorkDirectory work = WorkDirectory.create(options.workDirectory());
        SourceBlocks sources =
            SourceBlocks.open(from, options.replicaLabels(), work.path().resolve("sources"));
        ObjectStore target = ObjectStores.openOrCreate(to)) {
      return new Conversion(sources, target, options, progress).run(work.path());
    }
  }

  private ConversionSummary run(Path work) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    PublishedBucket published = new PublishedBucket(target, PublishedBucket.Scope.ALL);
    PublishedBlocks there = published.refresh().requireReadable();
    int removed =
        new UnfinishedUploads(target).remove(there.unfinished(), options.debrisDelay(), begun);
    if (removed > 0) {
      LOG.info("removed unfinished uploads of earlier runs objects={}", removed);
    }
    BlockBucket.SourceListing listing = sources.list();
    Plan plan =
        Planner.plan(
            listing.blocks(),
            there.metas(),
            new Planner.Target(
                options.sortKey(),
                options.columnMillis(),
                new BlockMeta.Rules(options.replicaLabels(), BlockMeta.Dedup.MERGE, List.of())));
    List<Plan.Skipped> skipped = new ArrayList<>(listing.skipped());
    skipped.addAll(plan.skipped());
    skipped.forEach(
        s -> LOG.warn("source block skipped block={} reason=\"{}\"", s.block(), s.why()));
    progress.planned(plan.items().size());
    List<BlockMeta> made = new ArrayList<>();
    int empty = 0;
    for (Optional<BlockMeta> m : convertAll(plan.items(), work)) {
      m.ifPresent(made::add);
      empty += m.isPresent() ? 0 : 1;
    }
    new CatalogWriter(target, published).write(Instant.now());
    return new ConversionSummary(
        made.size(),
        plan.published(),
        empty,
        skipped.size(),
        made.stream().mapToLong(m -> m.counts().series()).sum(),
        made.stream().mapToLong(m -> m.counts().samples()).sum(),
        sources.openedBytes(),
        made.stream().mapToLong(BlockMeta::bytes).sum(),
        Duration.between(begun, Instant.now()));
  }

  /// Leases all sources at once, so that a source of several days is downloaded once and deleted
  /// after the last of these days.
  private List<Optional<BlockMeta>> convertAll(List<WorkItem> items, Path work)
      throws IOException, InterruptedException {
    List<Optional<BlockMeta>> out = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(options.threads())) {
      List<Future<Optional<BlockMeta>>> days = new ArrayList<>();
      try {
        List<SourceBlocks.SourceLease> leases =
            items.stream().map(i -> sources.lease(i.blocks())).toList();
        for (int i = 0; i < items.size(); i++) {
          WorkItem item = items.get(i);
          SourceBlocks.SourceLease lease = leases.get(i);
          days.add(threads.submit(() -> convert(item, lease, work)));
        }
        for (Future<Optional<BlockMeta>> d : days) {
          out.add(d.get());
        }
      } catch (ExecutionException e) {
        throw TaskFailure.of(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return out;
  }

  private Optional<BlockMeta> convert(WorkItem item, SourceBlocks.SourceLease sources, Path work)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(work.resolve(item.target().toString()));
    try (sources) {
      Optional<BlockMeta> meta =
          new DayMerge(
                  item,
                  sources.open(),
                  options.settings(),
                  options.columnMillis(),
                  progress::samples)
              .write(directory);
      if (meta.isPresent()) {
        Publisher.PublishOutcome outcome = new Publisher(target).publish(meta.get(), directory);
        LOG.debug("block published block={} outcome={}", item.target(), outcome);
      }
      progress.dayDone(item.dayMillis());
      return meta;
    } finally {
      DirectoryTree.delete(directory);
    }
  }
}
