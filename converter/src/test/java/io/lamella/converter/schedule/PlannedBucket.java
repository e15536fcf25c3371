package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SampleMetas;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBlocks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Source and target of conversions of which only the metas exist.
final class PlannedBucket {
  private final Map<Ulid, SourceBlock> blocks = new TreeMap<>();
  private final Map<Ulid, SourceBlock> damaged = new TreeMap<>();
  private final Map<Ulid, BlockMeta> published = new TreeMap<>();
  private final Set<Ulid> marked = new HashSet<>();
  private final Map<Ulid, TimeSpan> real = new HashMap<>();
  private Map<Ulid, TimeSpan> leaves = new HashMap<>();
  SortKey sortKey = SortKey.DEFAULT;
  BlockMeta.Rules rules = BlockMeta.Rules.NONE;
  DaySelection selection = DaySelection.ALL;

  static Ulid ulid(int n) {
    return new Ulid(0, n);
  }

  static SourceBlock block(int n, long from, long to, Labels external, Collection<Ulid> sources) {
    return new SourceBlock(
        ulid(n), BlockMeta.Coverage.raw(external, from, to), Set.copyOf(sources));
  }

  static SourceBlock withState(SourceBlock b, String state) {
    return new SourceBlock(
        b.ulid(), b.coverage(), b.sources(), b.parents(), new SourceBlock.Files(state, 0, 0, 0));
  }

  static SourceBlock withTombstone(SourceBlock b) {
    return new SourceBlock(
        b.ulid(),
        b.coverage(),
        b.sources(),
        b.parents(),
        new SourceBlock.Files("fedcba9876543210", 0, 0, 1));
  }

  void add(SourceBlock block) {
    blocks.put(block.ulid(), block);
  }

  void damage(SourceBlock block) {
    damaged.put(block.ulid(), block);
  }

  void remove(int n) {
    blocks.remove(ulid(n));
  }

  /// Removes a published block.
  void remove(Ulid target) {
    published.remove(target);
  }

  void mark(Ulid target) {
    marked.add(target);
  }

  void real(Ulid block, TimeSpan range) {
    real.put(block, range);
  }

  void forgetReal() {
    real.clear();
  }

  /// Loses the target's `planner/leaves.json`.
  void forgetLeaves() {
    leaves = new HashMap<>();
  }

  Plan plan() {
    List<BlockMeta> unmarked =
        published.values().stream().filter(m -> !marked.contains(m.ulid())).toList();
    return Planner.plan(
        new PlanInput(
            List.copyOf(blocks.values()),
            List.copyOf(damaged.values()),
            new PlanInput.Published(PublishedBlocks.notReplaced(unmarked), published.keySet()),
            leaves,
            real),
        new PlanSettings(sortKey, rules, Planner.DAY_MILLIS, selection, "lamella test"));
  }

  /// Carries out the plan.
  List<WorkItem> convert() {
    Plan plan = plan();
    leaves = new HashMap<>(plan.leaves());
    plan.items().forEach(this::publish);
    return plan.items();
  }

  /// Another converter publishes what it planned before.
  void publish(WorkItem item) {
    publish(
        item,
        List.of(shard(item.sortKey())),
        new BlockMeta.Counts(1, 1, 1, item.dayMillis(), item.dayMillis()));
  }

  /// Publishes an item again, with one more source: a compacted block that turned out to have
  /// samples outside of what its meta states.
  void publishWithSource(WorkItem item, Ulid source) {
    BlockMeta.Lineage l = item.lineage();
    List<BlockMeta.Source> sources = new ArrayList<>(l.sources());
    sources.add(
        new BlockMeta.Source(source, item.dayMillis(), item.endMillis(), BlockMeta.Source.UNKNOWN));
    publish(
        item.withLineage(
            new BlockMeta.Lineage(
                sources, l.inputs(), l.replaces(), l.rules(), l.generation(), l.createdBy())));
  }

  private static BlockMeta.Shard shard(SortKey key) {
    List<String> values = Collections.nCopies(key.labels().size(), "");
    return SampleMetas.shard(0, 1, values, values);
  }

  /// Carries out the plan; no day has samples.
  void convertEmpty() {
    plan().items().forEach(i -> publish(i, List.of(), BlockMeta.Counts.NONE));
  }

  private void publish(WorkItem item, List<BlockMeta.Shard> shards, BlockMeta.Counts counts) {
    List<BlockMeta.Source> sources = new ArrayList<>(item.lineage().sources());
    published.put(
        item.target(),
        new BlockMeta(
            item.target(),
            item.coverage(),
            new BlockMeta.Lineage(
                sources,
                item.lineage().inputs(),
                item.lineage().replaces(),
                item.lineage().rules(),
                item.lineage().generation(),
                item.lineage().createdBy()),
            new BlockMeta.Structure(item.sortKey(), item.columnMillis(), shards),
            counts));
  }
}
