package io.lamella.converter;

import io.lamella.storage.block.BlockMeta;

/// How the conversion of a work item ended.
public sealed interface ItemOutcome {
  /// This run published it.
  record Published(BlockMeta meta) implements ItemOutcome {}

  /// Another run published it at the same time.
  ///
  /// @param meta as the other wrote it
  record AlreadyThere(BlockMeta meta) implements ItemOutcome {}

  /// It is not published.
  record Failed(String why) implements ItemOutcome {}
}
