package io.lamella.converter;

import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.SourceListing;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.BrokenBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects the summary of a run. For one thread.
final class RunResult {
  private static final Logger LOG = LoggerFactory.getLogger(RunResult.class);

  private final List<BlockMeta> made = new ArrayList<>();
  private final Map<String, ConversionSummary.Problem> problems = new LinkedHashMap<>();
  private final Set<Ulid> damaged = new HashSet<>();
  private final Set<Ulid> outside = new TreeSet<>();
  private int present;
  private int skipped;

  void present(int days) {
    present += days;
  }

  /// A published block whose meta cannot be read.
  void broken(BrokenBlock block) {
    LOG.warn("published block skipped block={} reason=\"{}\"", block.block(), block.reason());
    problem(ConversionSummary.What.PUBLISHED_BLOCK, block.block().toString(), block.reason());
  }

  void planned(Plan plan, SourceListing listing) {
    present(plan.published());
    List<Plan.Skipped> all = new ArrayList<>(listing.skipped());
    all.addAll(plan.skipped());
    skipped += all.size();
    for (Plan.Skipped s : all) {
      switch (s.kind()) {
        case EXPECTED ->
            LOG.info("source block skipped block={} reason=\"{}\"", s.block(), s.why());
        case DAMAGED -> {
          LOG.warn("source block skipped block={} reason=\"{}\"", s.block(), s.why());
          problem(ConversionSummary.What.SOURCE_BLOCK, s.block().toString(), s.why());
        }
      }
    }
  }

  void add(List<ItemRun.Ended> items) {
    for (ItemRun.Ended e : items) {
      switch (e.outcome()) {
        case ItemOutcome.Published(BlockMeta meta) -> {
          made.add(meta);
          problems.remove(e.item().day() + " " + e.item().stream());
        }
        case ItemOutcome.AlreadyThere _ -> present++;
        case ItemOutcome.Failed(String why) ->
            problem(ConversionSummary.What.DAY, e.item().day() + " " + e.item().stream(), why);
      }
      e.damaged()
          .ifPresent(block -> {
            damaged.add(block);
            problem(
                ConversionSummary.What.SOURCE_BLOCK,
                block.toString(),
                e.outcome() instanceof ItemOutcome.Failed(String why) ? why : "damaged");
          });
    }
  }

  boolean isDamaged(Ulid block) {
    return damaged.contains(block);
  }

  void waiting(Plan.Waiting w) {
    problem(
        ConversionSummary.What.DAY,
        w.day() + " " + w.stream(),
        "waits for the damaged source block " + w.block() + "; repair it or use --skip-corrupt");
  }

  /// A work item that cannot be carried out any more.
  void outdated(WorkItem item, String why) {
    LOG.warn("item outdated stream={} day={} reason=\"{}\"", item.stream(), item.day(), why);
    problem(ConversionSummary.What.PUBLISHED_BLOCK, item.target().toString(), why);
  }

  /// Blocks with samples outside of what their metas state; nothing is lost.
  void outside(Set<Ulid> blocks) {
    outside.addAll(blocks);
  }

  private void problem(ConversionSummary.What what, String name, String why) {
    problems.put(name, new ConversionSummary.Problem(what, name, why));
  }

  ConversionSummary summary(Instant begun, long sourceBytes) {
    return new ConversionSummary(
        made.size(),
        present,
        (int) made.stream().filter(BlockMeta::isEmpty).count(),
        skipped,
        new ConversionSummary.Volume(
            made.stream().mapToLong(m -> m.counts().series()).sum(),
            made.stream().mapToLong(m -> m.counts().samples()).sum(),
            sourceBytes,
            made.stream().mapToLong(BlockMeta::bytes).sum(),
            Duration.between(begun, Instant.now())),
        List.copyOf(outside),
        List.copyOf(problems.values()));
  }
}
