package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.PublishedBlocks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Divides streams into UTC days and skips days that are published.
///
/// A day needs no conversion where a published block was made of the same sources, or of these and
/// others. So a day is not converted again after compaction or deletion of its TSDB blocks. It is
/// converted again where there are new sources; the new block then has the old one in `replaces`.
public final class Planner {
  public static final long DAY_MILLIS = 86_400_000;

  private Planner() {}

  public static Plan plan(
      Collection<SourceBlock> blocks, Collection<BlockMeta> published, SortKey sortKey) {
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
                m.sortKey().equals(sortKey) && new HashSet<>(m.sources()).containsAll(sources))) {
          done++;
          continue;
        }
        WorkItem item = item(stream.getKey(), start, sortKey, day.getValue(), sources, there);
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

  private static WorkItem item(
      Labels stream,
      long start,
      SortKey sortKey,
      List<SourceBlock> blocks,
      Set<Ulid> sources,
      List<BlockMeta> there) {
    List<Ulid> read = blocks.stream().map(SourceBlock::ulid).sorted().toList();
    Ulid target = Ulid.of(start, identity(stream, start, sortKey, sources));
    // A block that also has sources which are deleted by now is not replaced, because its samples
    // from
    // them would be lost.
    List<Ulid> replaces =
        there.stream()
            .filter(m -> !m.ulid().equals(target) && sources.containsAll(m.sources()))
            .map(BlockMeta::ulid)
            .sorted()
            .toList();
    return new WorkItem(
        target,
        BlockMeta.Coverage.raw(stream, start, start + DAY_MILLIS),
        sortKey,
        read,
        new BlockMeta.Lineage(List.copyOf(sources), replaces));
  }

  /// A hash of the inputs of a block. The length is added before each text, so that different
  /// inputs give different bytes.
  private static byte[] identity(Labels stream, long start, SortKey sortKey, Set<Ulid> sources) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(16).putLong(BlockMeta.VERSION).putLong(start).flip());
      part(digest, stream.toString());
      part(digest, sortKey.toString());
      sources.forEach(u -> part(digest, u.toString()));
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void part(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
