package io.lamella.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.wire.thanos.AggrChunk;
import io.lamella.gateway.wire.thanos.Chunk;
import io.lamella.gateway.wire.thanos.Label;
import io.lamella.gateway.wire.thanos.Series;
import io.lamella.gateway.wire.thanos.SeriesBatch;
import io.lamella.gateway.wire.thanos.SeriesResponse;
import io.lamella.model.XxHash64;
import io.lamella.storage.block.ChunkRecord;
import java.util.List;
import java.util.function.Consumer;

/// Sends series as messages: each in one of its own, or several in a batch. A series with many
/// bytes of chunks takes several messages. Used by one thread.
final class SeriesFrames {
  /// Bytes of chunks and, in a batch, of labels after which a message is sent.
  private static final int MAX_BYTES = 1 << 20;

  private final Consumer<SeriesResponse> to;
  private final long batchSize;
  private final WireLabels labels = new WireLabels();
  private SeriesBatch.Builder batch = SeriesBatch.newBuilder();
  private long batchBytes;

  /// @param batchSize series in a batch; below 2 there are no batches
  SeriesFrames(long batchSize, Consumer<SeriesResponse> to) {
    this.batchSize = batchSize;
    this.to = to;
  }

  /// Sends the current series.
  void add(ChunkSeriesSet set) {
    List<Label> of = labels.of(set.labels());
    Series.Builder series = Series.newBuilder().addAllLabels(of);
    long bytes = 0;
    for (ChunkRecord c : set.chunks()) {
      if (bytes > 0 && bytes + c.length() > MAX_BYTES) {
        add(series.build(), bytes);
        series = Series.newBuilder().addAllLabels(of);
        bytes = 0;
      }
      series.addChunks(chunk(c));
      bytes += c.length();
    }
    add(series.build(), bytes);
  }

  private void add(Series series, long bytes) {
    if (batchSize < 2) {
      to.accept(SeriesResponse.newBuilder().setSeries(series).build());
      return;
    }
    batch.addSeries(series);
    batchBytes += bytes + labelBytes(series);
    if (batch.getSeriesCount() >= batchSize || batchBytes >= MAX_BYTES) {
      flush();
    }
  }

  private static long labelBytes(Series series) {
    return series.getLabelsList().stream().mapToLong(Label::getSerializedSize).sum();
  }

  /// Sends the series that wait for their batch to be full.
  void flush() {
    if (batch.getSeriesCount() > 0) {
      to.accept(SeriesResponse.newBuilder().setBatch(batch).build());
      batch = SeriesBatch.newBuilder();
      batchBytes = 0;
    }
  }

  private static AggrChunk chunk(ChunkRecord c) {
    ByteString data = UnsafeByteOperations.unsafeWrap(c.bytes(), c.from(), c.length());
    return AggrChunk.newBuilder()
        .setMinTime(c.minTimeMillis())
        .setMaxTime(c.maxTimeMillis())
        .setRaw(
            Chunk.newBuilder()
                .setTypeValue(c.encoding() - 1)
                .setData(data)
                .setHash(XxHash64.hash(c.bytes(), c.from(), c.length())))
        .build();
  }
}
