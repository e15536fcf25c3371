package io.lamella.converter.schedule;

import io.lamella.storage.block.Ulid;
import java.util.List;

/// The work items of a run, oldest day first, and the blocks that it skips.
///
/// @param published how many stream days are published already
public record Plan(List<WorkItem> items, int published, List<Skipped> skipped) {
  /// A source block that no item reads.
  public record Skipped(Ulid block, String why) {}

  public Plan {
    items = List.copyOf(items);
    skipped = List.copyOf(skipped);
  }
}
