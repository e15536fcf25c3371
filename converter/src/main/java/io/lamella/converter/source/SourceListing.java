package io.lamella.converter.source;

import io.lamella.converter.schedule.Plan;
import io.lamella.converter.schedule.SourceBlock;
import java.util.List;

/// The blocks of a bucket.
///
/// @param blocks that can be converted
/// @param damaged blocks with a readable meta that cannot be converted: their days are incomplete
///   without them
/// @param skipped all blocks that are not among `blocks`, with the reasons
public record SourceListing(
    List<SourceBlock> blocks, List<SourceBlock> damaged, List<Plan.Skipped> skipped) {
  public SourceListing {
    blocks = List.copyOf(blocks);
    damaged = List.copyOf(damaged);
    skipped = List.copyOf(skipped);
  }
}
