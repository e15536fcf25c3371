package io.lamella.gateway.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.lamella.gateway.message.WireSamples;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.QueryService.ChunkReads;
import io.lamella.gateway.wire.prometheus.ChunkedReadResponse;
import io.lamella.gateway.wire.prometheus.ChunkedSeries;
import io.lamella.gateway.wire.prometheus.QueryResult;
import io.lamella.gateway.wire.prometheus.ReadChunk;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import io.lamella.gateway.wire.prometheus.ReadResponse;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.gateway.wire.thanos.Label;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// Answers the requests of remote read: series with their samples as one message, or with their
/// chunks as a stream of frames.
public final class RemoteRead {
  /// As Prometheus' `--storage.remote.read-sample-limit`.
  private static final long MAX_SAMPLES = 50_000_000;

  /// As Prometheus' `--storage.remote.read-max-bytes-in-frame`.
  private static final int MAX_FRAME_BYTES = 1 << 20;

  /// Messages of samples take so much in memory while they are built, encoded and compressed.
  private static final long BYTES_PER_SAMPLE = 120;

  private static final long BYTES_PER_SERIES = 2_000;
  private static final long BYTES_PER_BUCKET = 40;

  private final QueryService queries;

  public RemoteRead(QueryService queries) {
    this.queries = queries;
  }

  /// A response.
  ///
  /// @param contentEncoding empty for none
  /// @param body writes it
  public record Response(String contentType, String contentEncoding, Body body) {}

  /// The bytes of a response.
  @FunctionalInterface
  public interface Body {
    void writeTo(Output out) throws IOException;
  }

  /// Where the bytes of a response go.
  @FunctionalInterface
  public interface Output {
    void write(byte[] bytes) throws IOException;
  }

  /// Answers a request.
  ///
  /// @param body a snappy block
  /// @param memory for what it holds
  /// @param to sends the response; frames are read while it does
  /// @throws QueryException.BadQuery where the body is no request
  public void read(byte[] body, RequestMemory memory, QueryOptions options, Consumer<Response> to) {
    ReadRequest request = ReadRequests.parse(body, memory);
    switch (ReadRequests.responseType(request)) {
      case SAMPLES -> queries.chunks(options, reads -> to.accept(samples(request, reads)));
      case STREAMED_XOR_CHUNKS ->
          queries.chunks(
              options,
              reads ->
                  to.accept(
                      new Response(
                          "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse",
                          "",
                          out -> stream(request, reads, out))));
      case UNRECOGNIZED -> throw new IllegalStateException("response type is not supported");
    }
  }

  private static Response samples(ReadRequest request, ChunkReads reads) {
    ReadResponse.Builder out = ReadResponse.newBuilder();
    long left = MAX_SAMPLES;
    for (int i = 0; i < request.getQueriesCount(); i++) {
      QueryResult.Builder result = QueryResult.newBuilder();
      try (ChunkReads part = reads.part()) {
        Optional<ChunksRequest> asked = ReadRequests.chunks(request.getQueries(i), part.memory());
        if (asked.isPresent()) {
          try (ChunkSeriesSet found = part.open(asked.get())) {
            left = add(found, asked.get().range(), left, reads.memory(), result);
          }
        }
      }
      out.addResults(result);
    }
    byte[] block = SnappyBlock.deflate(out.build().toByteArray());
    return new Response("application/x-protobuf", "snappy", to -> to.write(block));
  }

  /// @param left samples that may be added
  /// @param memory for the result
  /// @return those that are left then
  private static long add(
      ChunkSeriesSet found,
      TimeRange range,
      long left,
      MemoryAccount memory,
      QueryResult.Builder result) {
    SampleColumns samples = new SampleColumns();
    long more = left;
    while (found.next()) {
      samples.clear();
      decode(found, samples);
      TimeSeries.Builder series = TimeSeries.newBuilder().addAllLabels(labels(found.labels()));
      int added = 0;
      long bytes = BYTES_PER_SERIES;
      for (int i = 0; i < samples.size(); i++) {
        if (range.contains(samples.times()[i])) {
          added++;
          bytes +=
              BYTES_PER_SAMPLE + WireSamples.buckets(samples.histogramAt(i)) * BYTES_PER_BUCKET;
        }
      }
      more -= added;
      if (more < 0) {
        throw new QueryException.TooExpensive(
            "exceeded sample limit (" + MAX_SAMPLES + ")", MAX_SAMPLES, MAX_SAMPLES - more);
      }
      memory.reserve(bytes);
      for (int i = 0; i < samples.size(); i++) {
        if (range.contains(samples.times()[i])) {
          WireSamples.addStored(
              series, samples.times()[i], samples.values()[i], samples.histogramAt(i));
        }
      }
      if (added > 0) {
        result.addTimeseries(series);
      }
    }
    return more;
  }

  private static void decode(ChunkSeriesSet found, SampleColumns into) {
    try {
      for (ChunkRecord c : found.chunks()) {
        ChunkDecoder.decode(
            ChunkEncoding.ofId(c.encoding()), c.bytes(), c.from(), c.length(), into);
      }
    } catch (IOException e) {
      throw new QueryException.CorruptBlock(
          "cannot decode chunk of series " + found.labels() + ": " + e.getMessage(), e);
    }
  }

  private static void stream(ReadRequest request, ChunkReads reads, Output out) throws IOException {
    for (int i = 0; i < request.getQueriesCount(); i++) {
      try (ChunkReads part = reads.part()) {
        Optional<ChunksRequest> asked = ReadRequests.chunks(request.getQueries(i), part.memory());
        if (asked.isPresent()) {
          try (ChunkSeriesSet found = part.open(asked.get())) {
            while (found.next()) {
              stream(found, i, out);
            }
          }
        }
      }
    }
  }

  /// Writes the current series: as many frames as its chunks take.
  private static void stream(ChunkSeriesSet found, int query, Output out) throws IOException {
    List<Label> labels = labels(found.labels());
    int labelBytes = labels.stream().mapToInt(Label::getSerializedSize).sum();
    ChunkedSeries.Builder series = ChunkedSeries.newBuilder().addAllLabels(labels);
    long bytes = labelBytes;
    for (ChunkRecord c : found.chunks()) {
      if (series.getChunksCount() > 0 && bytes + c.length() > MAX_FRAME_BYTES) {
        write(series, query, out);
        series = ChunkedSeries.newBuilder().addAllLabels(labels);
        bytes = labelBytes;
      }
      ByteString data = UnsafeByteOperations.unsafeWrap(c.bytes(), c.from(), c.length());
      series.addChunks(
          ReadChunk.newBuilder()
              .setMinTimeMs(c.minTimeMillis())
              .setMaxTimeMs(c.maxTimeMillis())
              .setTypeValue(c.encoding())
              .setData(data));
      bytes += c.length();
    }
    write(series, query, out);
  }

  /// A frame: the length as a varint, the CRC32C, the message.
  private static void write(ChunkedSeries.Builder series, int query, Output out)
      throws IOException {
    byte[] message =
        ChunkedReadResponse.newBuilder()
            .addChunkedSeries(series)
            .setQueryIndex(query)
            .build()
            .toByteArray();
    CRC32C checksum = new CRC32C();
    checksum.update(message);
    int header = CodedOutputStream.computeUInt32SizeNoTag(message.length);
    byte[] frame = new byte[header + Integer.BYTES + message.length];
    CodedOutputStream to = CodedOutputStream.newInstance(frame);
    to.writeUInt32NoTag(message.length);
    to.flush();
    int crc = (int) checksum.getValue();
    for (int i = 0; i < Integer.BYTES; i++) {
      frame[header + i] = (byte) (crc >>> 24 - 8 * i);
    }
    System.arraycopy(message, 0, frame, header + Integer.BYTES, message.length);
    out.write(frame);
  }

  private static List<Label> labels(Labels labels) {
    List<Label> out = new ArrayList<>();
    labels.forEach(
        (name, value) -> out.add(Label.newBuilder().setName(name).setValue(value).build()));
    return out;
  }
}
