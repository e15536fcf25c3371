package io.lamella.converter.schedule;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The narrowest known time ranges of leaves (uncompacted TSDB blocks), so that a compacted block
/// does not count for days that only some of its leaves touch.
///
/// A leaf lies within every block that contains it, so its range is the intersection of theirs.
/// Where a block itself was read, its real range is known, which may be wider than its meta states.
final class LeafRanges {
  private final Map<Ulid, TimeSpan> narrowest = new HashMap<>();
  private final Map<Ulid, TimeSpan> real = new HashMap<>();

  private LeafRanges() {}

  /// @param blocks raw blocks of the bucket, also those that were compacted into others
  static LeafRanges of(PlanInput input, Collection<SourceBlock> blocks) {
    LeafRanges out = new LeafRanges();
    Map<Ulid, SourceBlock> there = new HashMap<>();
    for (SourceBlock b : blocks) {
      there.put(b.ulid(), b);
      out.narrowLeaves(b);
    }
    // The days of a damaged block are those of its leaves, too.
    input.damaged().forEach(out::narrowLeaves);
    for (SourceBlock b : blocks) {
      b.sources().forEach(leaf -> out.narrowKnown(leaf, b.span()));
      b.parents().forEach(out::narrowKnown);
    }
    input.damaged().forEach(b -> b.parents().forEach(out::narrowKnown));
    input.leaves().forEach(out::narrowKnown);
    for (BlockMeta m : input.published().visible()) {
      for (BlockMeta.Source s : m.sources()) {
        out.narrowKnown(s.ulid(), new TimeSpan(s.minTimeMillis(), s.maxTimeMillis()));
      }
      for (BlockMeta.Input i : m.lineage().inputs()) {
        SourceBlock b = there.get(i.ulid());
        if (b != null && b.files().state().equals(i.state())) {
          m.sources().stream()
              .filter(s -> s.ulid().equals(i.ulid()))
              .forEach(
                  s -> out.real.put(s.ulid(), new TimeSpan(s.minTimeMillis(), s.maxTimeMillis())));
        }
      }
    }
    out.real.putAll(input.real());
    return out;
  }

  private void narrowLeaves(SourceBlock block) {
    // A block within one day has no days to tell apart.
    if (block.span().firstDay() != block.span().lastDay()) {
      block.sources().forEach(leaf -> narrowest.merge(leaf, block.span(), TimeSpan::narrowedBy));
    }
  }

  private void narrowKnown(Ulid leaf, TimeSpan span) {
    narrowest.computeIfPresent(leaf, (_, known) -> known.narrowedBy(span));
  }

  /// The range in which a leaf's samples may be, as part of a block.
  TimeSpan range(Ulid leaf, SourceBlock block) {
    TimeSpan own = real.get(leaf);
    if (leaf.equals(block.ulid())) {
      // Of its own times a block's own meta knows most.
      return own != null ? own : block.span();
    }
    TimeSpan known = own != null ? own : narrowest.getOrDefault(leaf, block.span());
    return block.span().narrowedBy(known);
  }

  /// The range of the samples that a block was found to have.
  Optional<TimeSpan> real(Ulid block) {
    return Optional.ofNullable(real.get(block));
  }

  /// The ranges that were narrowed, for the next run.
  Map<Ulid, TimeSpan> narrowest(Set<Ulid> leaves) {
    Map<Ulid, TimeSpan> out = new HashMap<>(narrowest);
    out.keySet().retainAll(leaves);
    return out;
  }
}
