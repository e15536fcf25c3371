package io.lamella.gateway.catalog;

import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import java.util.List;
import java.util.Optional;

/// The blocks visible to a query, ordered by start; replaced blocks are not among them. Immutable.
///
/// @param broken blocks that are published but whose meta cannot be read: a query of their day
///   fails rather than silently omit them
public record CatalogSnapshot(List<BlockMeta> blocks, List<Broken> broken) {
  public static final CatalogSnapshot EMPTY = new CatalogSnapshot(List.of(), List.of());
  private static final long DAY_MILLIS = 86_400_000;

  /// A block without a readable meta. The time in its ULID is the day at which it starts.
  public record Broken(Ulid block, String reason) {
    TimeRange range() {
      return new TimeRange(block.timeMillis(), block.timeMillis() + DAY_MILLIS - 1);
    }
  }

  public CatalogSnapshot {
    blocks = List.copyOf(blocks);
    broken = List.copyOf(broken);
  }

  /// The blocks that overlap the range.
  ///
  /// @throws CorruptBlockException where one of them is broken
  public List<BlockMeta> overlapping(TimeRange range) throws CorruptBlockException {
    for (Broken b : broken) {
      if (b.range().overlaps(range)) {
        throw new CorruptBlockException(b.reason());
      }
    }
    return blocks.stream().filter(b -> b.range().overlaps(range)).toList();
  }

  /// The visible block that an object belongs to.
  public Optional<BlockMeta> owner(ObjectKey object) {
    return blocks.stream()
        .filter(b -> object.name().startsWith(BlockNames.directory(b.ulid()).name() + "/"))
        .findFirst();
  }
}
