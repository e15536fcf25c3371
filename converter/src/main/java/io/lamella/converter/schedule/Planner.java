package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.BuildVersion;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Digests;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBlocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Divides streams into UTC days and skips days that are published.
///
/// A day needs no conversion where a published block was made of the same sources, or of these and
/// others. So a day is not converted again after compaction or deletion of its TSDB blocks. It is
/// converted again where there are new sources; the new block then has the old one in `replaces`.
public final class Planner {
  public static final long DAY_MILLIS = 86_400_000;

  private Planner() {}

  /// What the published blocks are to be.
  public record Target(SortKey sortKey, long columnMillis, BlockMeta.Rules rules) {}

  public static Plan plan(
      Collection<SourceBlock> blocks, Collection<BlockMeta> published, Target target) {
    Map<Ulid, BlockMeta.Source> leaves = leaves(blocks);
    List<Plan.Skipped> skipped = new ArrayList<>();
    Map<Labels, TreeMap<Long, List<SourceBlock>>> streams = new TreeMap<>();
    for (SourceBlock b : withoutCompacted(blocks, skipped)) {
      TreeMap<Long, List<SourceBlock>> days =
          streams.computeIfAbsent(b.external(), l -> new TreeMap<>());
      long first = Math.floorDiv(b.minTimeMillis(), DAY_MILLIS);
      long last = Math.floorDiv(b.maxTimeMillis() - 1, DAY_MILLIS);
      for (long day = first; day <= last; day++) {
        days.computeIfAbsent(day, d -> new ArrayList<>()).add(b);
      }
    }
    List<BlockMeta> active = PublishedBlocks.notReplaced(published);
    List<WorkItem> items = new ArrayList<>();
    int done = 0;
    for (Map.Entry<Labels, TreeMap<Long, List<SourceBlock>>> stream : streams.entrySet()) {
      for (Map.Entry<Long, List<SourceBlock>> day : stream.getValue().entrySet()) {
        long start = day.getKey() * DAY_MILLIS;
        Set<Ulid> sources = new TreeSet<>();
        day.getValue().forEach(b -> sources.addAll(b.sources()));
        List<BlockMeta> there =
            active.stream()
                .filter(m -> m.external().equals(stream.getKey()) && m.resolutionMillis() == 0)
                .filter(m -> m.minTimeMillis() == start && m.maxTimeMillis() == start + DAY_MILLIS)
                .toList();
        if (there.stream()
            .anyMatch(m ->
                m.sortKey().equals(target.sortKey())
                    && new HashSet<>(m.sourceUlids()).containsAll(sources))) {
          done++;
          continue;
        }
        BlockMeta.Lineage lineage = lineage(day.getValue(), sources, leaves, target);
        WorkItem item = item(stream.getKey(), start, target, lineage, there);
        if (published.stream().anyMatch(m -> m.ulid().equals(item.target()))) {
          // This block was published before and then replaced, for instance for another sort key.
          done++;
          continue;
        }
        items.add(item);
      }
    }
    items.sort(Comparator.comparingLong(WorkItem::dayMillis).thenComparing(WorkItem::stream));
    return new Plan(items, done, skipped);
  }

  /// Skips downsampled blocks, and blocks that were compacted into another one, as Thanos'
  /// duplicate filter does.
  private static List<SourceBlock> withoutCompacted(
      Collection<SourceBlock> blocks, List<Plan.Skipped> skipped) {
    List<SourceBlock> order = new ArrayList<>(blocks);
    order.sort(
        Comparator.comparingInt((SourceBlock b) -> -b.sources().size())
            .thenComparing(SourceBlock::ulid));
    List<SourceBlock> kept = new ArrayList<>();
    for (SourceBlock b : order) {
      if (b.resolutionMillis() != 0) {
        skipped.add(new Plan.Skipped(b.ulid(), "downsampled to " + b.resolutionMillis() + " ms"));
        continue;
      }
      SourceBlock larger =
          kept.stream()
              .filter(
                  k -> k.external().equals(b.external()) && k.sources().containsAll(b.sources()))
              .findFirst()
              .orElse(null);
      if (larger == null) {
        kept.add(b);
      } else {
        skipped.add(new Plan.Skipped(b.ulid(), "compacted into " + larger.ulid()));
      }
    }
    return kept;
  }

  /// The uncompacted blocks, each with the range of the smallest block that contains it.
  private static Map<Ulid, BlockMeta.Source> leaves(Collection<SourceBlock> blocks) {
    Map<Ulid, BlockMeta.Source> out = new HashMap<>();
    for (SourceBlock b : blocks) {
      for (Ulid leaf : b.sources()) {
        out.merge(
            leaf,
            new BlockMeta.Source(
                leaf, b.minTimeMillis(), b.maxTimeMillis(), BlockMeta.Source.UNKNOWN),
            (x, y) ->
                x.maxTimeMillis() - x.minTimeMillis() <= y.maxTimeMillis() - y.minTimeMillis()
                    ? x
                    : y);
      }
    }
    return out;
  }

  private static BlockMeta.Lineage lineage(
      List<SourceBlock> blocks,
      Set<Ulid> sources,
      Map<Ulid, BlockMeta.Source> leaves,
      Target target) {
    return new BlockMeta.Lineage(
        sources.stream().map(u -> Objects.requireNonNull(leaves.get(u))).toList(),
        blocks.stream()
            .sorted(Comparator.comparing(SourceBlock::ulid))
            .map(b -> BlockMeta.Input.unread(b.ulid(), b.state()))
            .toList(),
        List.of(),
        target.rules(),
        0,
        "lamella " + BuildVersion.NUMBER);
  }

  private static WorkItem item(
      Labels stream, long start, Target target, BlockMeta.Lineage lineage, List<BlockMeta> there) {
    BlockMeta.Coverage coverage = BlockMeta.Coverage.raw(stream, start, start + DAY_MILLIS);
    Ulid ulid = Ulid.of(start, identity(coverage, target, lineage));
    Set<Ulid> sources =
        lineage.sources().stream().map(BlockMeta.Source::ulid).collect(Collectors.toSet());
    // A block that also has sources which are deleted by now is not replaced, because its samples
    // from them would be lost.
    List<Ulid> replaces =
        there.stream()
            .filter(m -> !m.ulid().equals(ulid) && sources.containsAll(m.sourceUlids()))
            .map(BlockMeta::ulid)
            .sorted()
            .toList();
    return new WorkItem(
        ulid,
        coverage,
        target.sortKey(),
        lineage.inputs().stream().map(BlockMeta.Input::ulid).toList(),
        new BlockMeta.Lineage(
            lineage.sources(),
            lineage.inputs(),
            replaces,
            lineage.rules(),
            lineage.generation(),
            lineage.createdBy()));
  }

  /// A hash of the inputs of a block. The length is added before each text, so that different
  /// inputs give different bytes.
  private static byte[] identity(
      BlockMeta.Coverage coverage, Target target, BlockMeta.Lineage lineage) {
    MessageDigest digest = Digests.newSha256();
    digest.update(
        ByteBuffer.allocate(32)
            .putLong(BlockMeta.VERSION)
            .putLong(coverage.minTimeMillis())
            .putLong(target.columnMillis())
            .putLong(lineage.generation())
            .flip());
    part(digest, coverage.external().toString());
    part(digest, target.sortKey().toString());
    part(digest, target.rules().replicaLabels().stream().sorted().toList().toString());
    part(digest, target.rules().dedup().name());
    part(digest, target.rules().foldLabels().toString());
    digest.update(ByteBuffer.allocate(4).putInt(lineage.sources().size()).flip());
    lineage.sources().forEach(s -> part(digest, s.ulid().toString()));
    lineage.inputs().forEach(i -> part(digest, i.ulid() + i.state()));
    return digest.digest();
  }

  private static void part(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
