package io.lamella.converter;

import io.lamella.storage.block.BlockMeta;

/// How the conversion of a work item ended.
public sealed interface ItemOutcome {
  /// It is published, by this run or, at the same time, by another one.
  ///
  /// @param sourceBytes size of the samples' part of the sources is not known by day, so this is
  ///   that of the block itself
  record Published(BlockMeta meta) implements ItemOutcome {}

  /// It is not published.
  record Failed(String why) implements ItemOutcome {}
}
