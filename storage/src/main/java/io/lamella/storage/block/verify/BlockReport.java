package io.lamella.storage.block.verify;

import io.lamella.storage.block.Ulid;
import java.util.List;

/// The result of verifying one block.
///
/// @param bytes of its objects that were read; `series` and `samples` likewise
/// @param findings the first of what is wrong; empty where the block is sound
/// @param found how many there were
public record BlockReport(
    Ulid block, long bytes, long series, long samples, List<Finding> findings, long found) {
  public BlockReport {
    findings = List.copyOf(findings);
  }

  /// The same block with all findings so far.
  public BlockReport with(Findings all) {
    return new BlockReport(block, bytes, series, samples, all.kept(), all.count());
  }

  public boolean isSound() {
    return found == 0;
  }
}
