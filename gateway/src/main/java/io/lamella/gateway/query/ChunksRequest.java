package io.lamella.gateway.query;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// A request for series with their encoded chunks.
///
/// @param matchers that all must hold
/// @param range closed range of sample times; whole chunks are returned
/// @param content whether chunks are read
/// @param withoutLabels labels to remove; series that are then equal become one
/// @param kept which series are returned, by their remaining labels; chunks of others are not read
/// @param blocks which blocks are read
public record ChunksRequest(
    List<Matcher> matchers,
    TimeRange range,
    Content content,
    Set<String> withoutLabels,
    Predicate<Labels> kept,
    BlockChoice blocks) {
  /// What is returned of each series.
  public enum Content {
    CHUNKS,
    /// Labels of series that have a sample in the range.
    LABELS
  }

  /// What happens where a block is published but cannot be read.
  public enum Unreadable {
    /// The request fails and names the block.
    FAIL,
    /// The block is left out and named in the warnings.
    WARN
  }

  /// Which blocks a request reads.
  ///
  /// @param matchers on the external labels of a block, and on its ULID as `__block_id`
  public record BlockChoice(List<Matcher> matchers, Unreadable unreadable) {
    /// All blocks; each must be readable.
    public static final BlockChoice ALL = new BlockChoice(List.of(), Unreadable.FAIL);

    public BlockChoice {
      matchers = List.copyOf(matchers);
    }
  }

  public ChunksRequest {
    matchers = List.copyOf(matchers);
    withoutLabels = Set.copyOf(withoutLabels);
  }

  /// The same without these labels.
  public ChunksRequest without(Set<String> labels) {
    return new ChunksRequest(matchers, range, content, labels, kept, blocks);
  }

  /// The chunks of all series that match.
  public static ChunksRequest of(List<Matcher> matchers, TimeRange range) {
    return new ChunksRequest(matchers, range, Content.CHUNKS, Set.of(), _ -> true, BlockChoice.ALL);
  }
}
