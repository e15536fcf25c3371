package io.lamella.converter;

import io.lamella.converter.merge.DayMerge;
import io.lamella.converter.publish.CatalogWriter;
import io.lamella.converter.publish.PublishedBlocks;
import io.lamella.converter.publish.Publisher;
import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.Planner;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.BlockBucket;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.config.ObjectStores;
import io.lamella.storage.object.local.DirectoryTree;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of the converter: list, plan, for each day merge, write, publish; then the catalog.
public final class Conversion {
  private static final Logger LOG = LoggerFactory.getLogger(Conversion.class);

  private final String from;
  private final ObjectStore source;
  private final ObjectStore target;
  private final ConversionOptions options;
  private final ConversionProgress progress;
  private final Map<Ulid, TsdbBlock> open = new HashMap<>();
  private long sourceBytes;

  private Conversion(
      String from,
      ObjectStore source,
      ObjectStore target,
      ConversionOptions options,
      ConversionProgress progress) {
    this.from = from;
    this.source = source;
    this.target = target;
    this.options = options;
    this.progress = progress;
  }

  /// Converts everything below `from` that is not published in `to` yet.
  ///
  /// @param from a directory of TSDB blocks, or objstore YAML of a bucket of them
  /// @param to a directory or objstore YAML; published days are found and left alone
  /// @throws IOException where a source block is corrupt or a store fails; what was published until
  ///   then stays
  public static ConversionSummary run(
      String from, String to, ConversionOptions options, ConversionProgress progress)
      throws IOException, InterruptedException {
    try (ObjectStore source = ObjectStores.open(from);
        ObjectStore target = ObjectStores.openOrCreate(to);
        WorkDirectory work = WorkDirectory.create(options.workDirectory())) {
      return new Conversion(from, source, target, options, progress).run(work.path());
    }
  }

  private ConversionSummary run(Path work) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    PublishedBlocks published = new PublishedBlocks(target);
    PublishedBlocks.Listing there = published.list();
    int removed = published.removeDebris(there, options.debrisDelay(), begun);
    if (removed > 0) {
      LOG.info("removed what an earlier run left objects={}", removed);
    }
    BlockBucket bucket = new BlockBucket(source, options.replicaLabels());
    BlockBucket.Listing listing = bucket.list();
    Plan plan = Planner.plan(listing.blocks(), there.metas(), options.sortKey());
    List<Plan.Skipped> skipped = new ArrayList<>(listing.skipped());
    skipped.addAll(plan.skipped());
    skipped.forEach(
        s -> LOG.warn("source block left out block={} reason=\"{}\"", s.block(), s.why()));
    progress.planned(plan.items().size());
    List<BlockMeta> made = new ArrayList<>();
    int empty = 0;
    try {
      for (WorkItem item : plan.items()) {
        openSources(item, bucket, work);
      }
      for (Optional<BlockMeta> m : convertAll(plan.items(), work)) {
        m.ifPresent(made::add);
        empty += m.isPresent() ? 0 : 1;
      }
    } finally {
      open.values().forEach(TsdbBlock::close);
    }
    new CatalogWriter(target, published).write(Instant.now());
    return new ConversionSummary(
        made.size(),
        plan.published(),
        empty,
        skipped.size(),
        made.stream().mapToLong(BlockMeta::series).sum(),
        made.stream().mapToLong(BlockMeta::samples).sum(),
        sourceBytes,
        made.stream().mapToLong(BlockMeta::bytes).sum(),
        Duration.between(begun, Instant.now()));
  }

  private void openSources(WorkItem item, BlockBucket bucket, Path work) throws IOException {
    for (Ulid u : item.sources()) {
      if (!open.containsKey(u)) {
        Path local = Path.of(from);
        Path directory =
            Files.isDirectory(local)
                ? local.resolve(u.toString())
                : bucket.download(u, work.resolve("sources"));
        open.put(u, TsdbBlock.open(directory));
        sourceBytes += size(directory);
      }
    }
  }

  private static long size(Path directory) throws IOException {
    long total = 0;
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        total += Files.size(p);
      }
    }
    return total;
  }

  private List<Optional<BlockMeta>> convertAll(List<WorkItem> items, Path work)
      throws IOException, InterruptedException {
    List<Optional<BlockMeta>> out = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(options.threads())) {
      List<Future<Optional<BlockMeta>>> days = new ArrayList<>();
      try {
        for (WorkItem item : items) {
          days.add(threads.submit(() -> convert(item, work)));
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

  private Optional<BlockMeta> convert(WorkItem item, Path work) throws IOException {
    Path directory = Files.createDirectories(work.resolve(item.target().toString()));
    List<TsdbBlock> sources = new ArrayList<>();
    for (Ulid u : item.sources()) {
      TsdbBlock block = open.get(u);
      if (block == null) {
        throw new IllegalStateException("source " + u + " is not open");
      }
      sources.add(block);
    }
    try {
      Optional<BlockMeta> meta =
          new DayMerge(item, sources, options.settings(), options.columnMillis(), progress::samples)
              .write(directory);
      if (meta.isPresent()) {
        Publisher.Outcome outcome = new Publisher(target).publish(meta.get(), directory);
        LOG.debug("block published block={} outcome={}", item.target(), outcome);
      }
      progress.dayDone(item.dayMillis());
      return meta;
    } finally {
      DirectoryTree.delete(directory);
    }
  }
}
