package io.lamella.gateway.catalog;

import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.BlockObjects;
import io.lamella.storage.block.read.BrokenBlock;
import io.lamella.storage.object.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The blocks visible to a query, ordered by start; replaced blocks are not among them. Immutable.
///
/// @param broken blocks that are published but whose meta cannot be read: a query of their day must
///   fail rather than silently omit their samples
/// @param objects the versions of the objects of the blocks
/// @param served the times that queries may read; blocks may begin before and end after it
/// @param prefix of the keys of all objects, with a slash at its end; empty for none
public record CatalogSnapshot(
    List<BlockMeta> blocks,
    List<BrokenBlock> broken,
    Map<Ulid, BlockObjects> objects,
    TimeRange served,
    String prefix) {
  public static final CatalogSnapshot EMPTY =
      new CatalogSnapshot(List.of(), List.of(), Map.of(), TimeRange.ALL, "");
  private static final long DAY_MILLIS = 86_400_000;

  public CatalogSnapshot {
    blocks = List.copyOf(blocks);
    broken = List.copyOf(broken);
    objects = Map.copyOf(objects);
  }

  /// The part of a range that is served; empty where none is.
  public Optional<TimeRange> within(TimeRange range) {
    return range.overlaps(served)
        ? Optional.of(
            new TimeRange(
                Math.max(range.startMillis(), served.startMillis()),
                Math.min(range.endMillis(), served.endMillis())))
        : Optional.empty();
  }

  /// The blocks that overlap the range.
  ///
  /// @throws IOException where one of them is broken
  public List<BlockMeta> overlapping(TimeRange range) throws IOException {
    List<BrokenBlock> unreadable = broken(range);
    if (!unreadable.isEmpty()) {
      throw unreadable.getFirst().error();
    }
    return blocks.stream().filter(b -> b.range().overlaps(range)).toList();
  }

  /// The same with fewer blocks. Those that cannot be read stay, as nothing is known of them.
  public CatalogSnapshot where(Predicate<BlockMeta> kept) {
    return new CatalogSnapshot(
        blocks.stream().filter(kept).toList(), broken, objects, served, prefix);
  }

  /// The same without the blocks that cannot be read.
  public CatalogSnapshot readable() {
    return new CatalogSnapshot(blocks, List.of(), objects, served, prefix);
  }

  /// The blocks that cannot be read of the days that the range overlaps.
  public List<BrokenBlock> broken(TimeRange range) {
    return broken.stream().filter(b -> day(b.block()).overlaps(range)).toList();
  }

  /// The versions of a block's objects.
  public BlockObjects objects(BlockMeta block) {
    return objects.getOrDefault(block.ulid(), BlockObjects.unlisted(block.ulid())).below(prefix);
  }

  /// The day at which a block starts, taken from its ULID.
  static TimeRange day(Ulid block) {
    return new TimeRange(block.timeMillis(), block.timeMillis() + DAY_MILLIS - 1);
  }

  /// The visible block that an object belongs to.
  public Optional<BlockMeta> owner(ObjectKey object) {
    return blocks.stream()
        .filter(b -> object.name().startsWith(objects(b).directory().name() + "/"))
        .findFirst();
  }
}
