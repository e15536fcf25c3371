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
/// @param sources TSDB blocks to read, ascending
/// @param leaves what the sources were compacted from, ascending; the new block's meta lists these
/// @param replaces published blocks that the new one stands in for
public record WorkItem(
    Ulid target,
    Labels stream,
    long dayMillis,
    long endMillis,
    SortKey sortKey,
    List<Ulid> sources,
    List<Ulid> leaves,
    List<Ulid> replaces) {
  public WorkItem {
    sources = List.copyOf(sources);
    leaves = List.copyOf(leaves);
    replaces = List.copyOf(replaces);
  }
}
