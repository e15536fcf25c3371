package io.lamella.converter.schedule;

import io.lamella.storage.block.Ulid;
import java.util.List;

/// The work items of a run, oldest day first, and the skipped source blocks.
///
/// @param published number of stream days that are already published
public record Plan(List<WorkItem> items, int published, List<Skipped> skipped) {
  /// A source block that no item reads.
  public record Skipped(Ulid block, String why) {}

  public Plan {
    items = List.copyOf(items);
    skipped = List.copyOf(skipped);
  }
}
