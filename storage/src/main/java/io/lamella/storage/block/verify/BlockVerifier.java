package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.MetaRead;
import io.lamella.storage.object.ObjectStore;
import java.io.IOException;
import java.util.Optional;

/// Verifies published blocks, from the meta to the last sample. In memory are one page of each
/// column, one series, the dictionaries of a row group, the runs of a shard, and small files.
/// Stateless, so several blocks may be verified in parallel.
public final class BlockVerifier {
  private final ObjectStore store;

  public BlockVerifier(ObjectStore store) {
    this.store = store;
  }

  /// Reads the block's meta. Where it cannot be read, the result is empty and a finding is added.
  public Optional<BlockMeta> meta(Ulid block, Findings findings) throws IOException {
    String object = BlockNames.meta(block).name();
    return switch (MetaRead.of(block, store)) {
      case MetaRead.Found(BlockMeta meta) -> Optional.of(meta);
      case MetaRead.Absent _ -> {
        findings.add(object, "", "the object is missing");
        yield Optional.empty();
      }
      case MetaRead.Unreadable u -> {
        findings.add(object, "", "cannot read block meta: " + u.what());
        yield Optional.empty();
      }
    };
  }

  /// Verifies a block.
  ///
  /// @param meta as [#meta] returned it
  /// @param findings receives the errors
  /// @param visitor receives the series
  /// @throws IOException where the store or the visitor fails; the block may be correct
  public BlockReport verify(BlockMeta meta, Findings findings, VerifiedSeriesVisitor visitor)
      throws IOException {
    String object = BlockNames.meta(meta.ulid()).name();
    if (meta.ulid().timeMillis() != meta.minTimeMillis()) {
      findings.add(
          object,
          "",
          "the block starts at "
              + meta.minTimeMillis()
              + ", its name says "
              + meta.ulid().timeMillis());
    }
    long rows = 0;
    long chunks = 0;
    long samples = 0;
    Optional<Labels> last = Optional.empty();
    for (BlockMeta.Shard shard : meta.shards()) {
      ShardVerifier verifier = new ShardVerifier(store, meta, last, visitor, findings);
      verifier.verify(shard);
      last = verifier.lastRow();
      rows += verifier.rows();
      chunks += verifier.chunks();
      samples += verifier.samples();
    }
    if (findings.isComplete()) {
      count("series", meta.counts().series(), rows, object, findings);
      count("chunks", meta.counts().chunks(), chunks, object, findings);
      count("samples", meta.counts().samples(), samples, object, findings);
    }
    return new BlockReport(
        meta.ulid(), meta.bytes(), rows, samples, findings.kept(), findings.count());
  }

  private static void count(
      String what, long stated, long there, String object, Findings findings) {
    if (stated != there) {
      findings.add(object, "member=" + what, stated + " " + what + ", found " + there);
    }
  }
}
