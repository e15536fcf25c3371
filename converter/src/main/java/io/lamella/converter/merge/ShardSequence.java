package io.lamella.converter.merge;

import io.lamella.converter.parquet.ShardWriter;
import io.lamella.converter.parquet.Symbols;
import io.lamella.converter.parquet.WriteSettings;
import io.lamella.storage.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Writes the rows of a day to one shard after another.
final class ShardSequence implements RowPipeline.RowSink, AutoCloseable {
  private final Target target;
  private final Symbols symbols;
  private final List<ShardLimits.NameRange> limits;
  private final LongConsumer progress;
  private final List<BlockMeta.Shard> shards = new ArrayList<>();
  private Optional<ShardWriter> current = Optional.empty();
  private int limit;
  private long seriesSeen;
  private long shardRows;
  private long rows;
  private long chunks;
  private long samples;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  /// Where the shards are written and how.
  record Target(
      Path directory, ShardWriter.Header header, WriteSettings settings, long maxShardRows) {}

  /// @param limits at least one
  /// @param progress receives the number of samples written since its last call
  ShardSequence(
      Target target, Symbols symbols, List<ShardLimits.NameRange> limits, LongConsumer progress) {
    this.target = target;
    this.symbols = symbols;
    this.limits = limits;
    this.progress = progress;
  }

  @Override
  public void add(Optional<MergedRow> row) throws IOException {
    if (seriesSeen == limits.get(limit).endSeries()) {
      endShard();
      limit++;
    }
    seriesSeen++;
    if (row.isEmpty()) {
      return;
    }
    if (shardRows == target.maxShardRows()) {
      endShard();
    }
    write(row.get());
  }

  private void write(MergedRow row) throws IOException {
    ShardWriter writer;
    if (current.isPresent()) {
      writer = current.get();
    } else {
      writer =
          ShardWriter.create(
              target.directory(),
              shards.size(),
              target.header(),
              target.settings(),
              symbols,
              limits.get(limit).nameNumbers());
      current = Optional.of(writer);
    }
    writer.add(row.row());
    if (row.newEncodings()) {
      writer.markNewEncodings();
    }
    shardRows++;
    rows++;
    chunks += row.chunks();
    samples += row.samples();
    first = Math.min(first, row.row().firstTimeMillis);
    last = Math.max(last, row.row().lastTimeMillis);
    progress.accept(row.samples());
  }

  private void endShard() throws IOException {
    if (current.isPresent()) {
      try (ShardWriter writer = current.get()) {
        shards.add(writer.finish());
      }
      current = Optional.empty();
      shardRows = 0;
    }
  }

  /// Ends the last shard.
  ///
  /// @return all shards, in the order of the sort key
  List<BlockMeta.Shard> finish() throws IOException {
    endShard();
    return shards;
  }

  BlockMeta.Counts counts() {
    return rows == 0
        ? BlockMeta.Counts.NONE
        : new BlockMeta.Counts(rows, chunks, samples, first, last);
  }

  @Override
  public void close() throws IOException {
    if (current.isPresent()) {
      current.get().close();
    }
  }
}
