package io.lamella.gateway.catalog;

import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/// The part of a bucket that a gateway serves, so that several gateways share it: a range of times,
/// and the blocks whose external labels some rules keep.
///
/// @param min first instant, `max` the last one; both may move with the time
/// @param clock tells the time
public record BlockSlice(
    Function<Instant, Instant> min,
    Function<Instant, Instant> max,
    List<RelabelRule> rules,
    InstantSource clock) {
  /// The whole bucket.
  public static final BlockSlice ALL =
      new BlockSlice(
          _ -> Instant.ofEpochMilli(Long.MIN_VALUE),
          _ -> Instant.ofEpochMilli(Long.MAX_VALUE),
          List.of(),
          InstantSource.system());

  public BlockSlice {
    rules = List.copyOf(rules);
  }

  /// The times that are served now.
  TimeRange times() {
    Instant now = clock.instant();
    long start = min.apply(now).toEpochMilli();
    return new TimeRange(start, Math.max(start, max.apply(now).toEpochMilli()));
  }

  boolean keeps(BlockMeta block, TimeRange times) {
    return times.overlaps(block.range())
        && rules.stream().allMatch(r -> r.keeps(block.external(), block.ulid().toString()));
  }

  /// Whether a block that cannot be read may be part of the slice: of its labels nothing is known.
  boolean mayKeep(Ulid block, TimeRange times) {
    return times.overlaps(CatalogSnapshot.day(block));
  }
}
