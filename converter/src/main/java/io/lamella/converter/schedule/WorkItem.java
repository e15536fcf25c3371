package io.lamella.converter.schedule;

import io.lamella.model.Labels;
import io.lamella.storage.block.SortKey;
import io.lamella.storage.block.Ulid;
import java.util.List;

/// One block to make: a stream's samples of one UTC day.
///
/// @param target the block's identifier, which follows from what goes in: two converters with the
///   same sources meet at it
/// @param dayMillis first instant of the day; `endMillis` the first behind it
/// @param blocks TSDB blocks to read, ascending
/// @param sources the uncompacted blocks that those were made of, ascending; the new block's meta
///   lists them
/// @param replaces published blocks that the new one replaces
public record WorkItem(
    Ulid target,
    Labels stream,
    long dayMillis,
    long endMillis,
    SortKey sortKey,
    List<Ulid> blocks,
    List<Ulid> sources,
    List<Ulid> replaces) {
  public WorkItem {
    blocks = List.copyOf(blocks);
    sources = List.copyOf(sources);
    replaces = List.copyOf(replaces);
  }
}
