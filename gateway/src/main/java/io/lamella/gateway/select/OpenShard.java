package io.lamella.gateway.select;

import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RunMatch;
import io.lamella.gateway.plan.ShardPlan;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import java.util.Optional;

/// A shard whose metadata was read, and the request to it.
///
/// @param number of the shard in the block
/// @param request narrowed to the block
/// @param match of the request with the shard's directory of runs; empty where the shard has no
///   manifest and its metadata came from the footers
record OpenShard(
    BlockMeta block, int number, RowRequest request, Files files, Optional<RunMatch> match) {
  /// The pair of files; row i of one is row i of the other.
  ///
  /// @param chunks the same as `labels` where the request needs no chunks
  record Files(BlockFile labels, BlockFile chunks) {}

  ShardPlan plan() throws CorruptBlockException {
    return BlockPlanner.shard(
        block,
        new BlockPlanner.ShardFiles(
            files.labels().metadata(),
            files.chunks().metadata(),
            files.chunks().version().key().name()),
        match,
        request);
  }

  /// True where all rows of the matching runs match.
  boolean isDecidedByRuns() {
    return match.isPresent() && match.get().undecided().isEmpty();
  }

  OpenShard withMatch(RunMatch other) {
    return new OpenShard(block, number, request, files, Optional.of(other));
  }

  /// The shard with a request for all labels.
  OpenShard withAllLabels() {
    return new OpenShard(block, number, request.withAllLabels(), files, match);
  }

  /// True where some row may have this label as its own.
  boolean hasColumn(String label) {
    return files.labels().metadata().rowGroups().stream()
        .limit(1)
        .anyMatch(g -> g.columns().containsKey(BlockSchema.LABEL_PREFIX + label));
  }

  /// True where an external label hides a label of the sort key, so that the key of a run is not
  /// the key of its series.
  boolean hidesKeyLabels() {
    return match.isPresent()
        && match.get().directory().labels().stream().anyMatch(block.external()::has);
  }

  /// How a trace names this shard.
  QueryTrace.TracedShard traced() {
    return new QueryTrace.TracedShard(
        block.ulid().toString(), number, match.isPresent() ? "manifest" : "footer");
  }
}
