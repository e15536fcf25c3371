package io.lamella.converter.merge;

import io.lamella.storage.block.BlockHead;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.Ulid;
import java.util.List;

/// The files of one day, and what became of the samples of each input.
///
/// @param head what the files say of their block; the meta must say the same
/// @param shards with the names that the files have in the block; none where the day has no sample
/// @param inputs in the order of the inputs
public record Merged(BlockHead head, List<BlockMeta.Shard> shards, List<InputSamples> inputs) {
  public Merged {
    shards = List.copyOf(shards);
    inputs = List.copyOf(inputs);
    long kept = inputs.stream().mapToLong(InputSamples::kept).sum();
    if (kept != head.counts().samples()) {
      throw new IllegalStateException(
          "cannot account for the samples of "
              + inputs
              + ": "
              + kept
              + " kept, but "
              + head.counts().samples()
              + " written");
    }
  }

  public BlockMeta.Counts counts() {
    return head.counts();
  }

  /// The meta of the block, also where the day has no sample.
  public BlockMeta meta() {
    return head.with(shards);
  }

  /// The samples of one input in the day.
  ///
  /// @param read the sum of the other three
  /// @param deleted by its tombstones
  /// @param deduplicated because another sample of the series was kept: one at the same time, or
  ///   that of another replica
  public record InputSamples(Ulid ulid, long read, long deleted, long deduplicated, long kept) {
    public InputSamples {
      if (deleted < 0 || deduplicated < 0 || kept < 0 || read != deleted + deduplicated + kept) {
        throw new IllegalStateException(
            "cannot account for the samples of block "
                + ulid
                + ": "
                + read
                + " read, "
                + deleted
                + " deleted, "
                + deduplicated
                + " deduplicated, "
                + kept
                + " kept");
      }
    }
  }
}
