package io.lamella.converter;

import io.lamella.storage.block.BlockMeta;

/// How the conversion of a work item ended.
public sealed interface ItemOutcome {
  /// It is published, by this run or, at the same time, by another one.
  record Published(BlockMeta meta) implements ItemOutcome {}

  /// It is not published.
  record Failed(String why) implements ItemOutcome {}
}
