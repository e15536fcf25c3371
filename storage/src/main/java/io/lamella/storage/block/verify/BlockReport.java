package io.lamella.storage.block.verify;

import io.lamella.storage.block.Ulid;
import java.util.List;

/// The result of verifying one block.
///
/// @param bytes read of its objects; `series` and `samples` are the numbers that were read
/// @param findings the first errors; empty where the block has none
/// @param found the number of all errors
public record BlockReport(
    Ulid block, long bytes, long series, long samples, List<Finding> findings, long found) {
  public BlockReport {
    findings = List.copyOf(findings);
  }

  /// The same report with all findings so far.
  public BlockReport with(Findings all) {
    return new BlockReport(block, bytes, series, samples, all.kept(), all.count());
  }

  public boolean isSound() {
    return found == 0;
  }
}
