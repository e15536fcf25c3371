package io.lamella.cli.thanos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;
import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.wire.prometheus.ChunkedReadResponse;
import io.lamella.gateway.wire.prometheus.ChunkedSeries;
import io.lamella.gateway.wire.prometheus.ReadChunk;
import io.lamella.gateway.wire.prometheus.ReadQuery;
import io.lamella.gateway.wire.prometheus.ReadRequest;
import io.lamella.gateway.wire.prometheus.ReadRequest.ResponseType;
import io.lamella.gateway.wire.prometheus.ReadResponse;
import io.lamella.gateway.wire.prometheus.Sample;
import io.lamella.gateway.wire.prometheus.TimeSeries;
import io.lamella.gateway.wire.thanos.Label;
import io.lamella.gateway.wire.thanos.LabelMatcher;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.chunk.ChunkDecoder;
import io.lamella.storage.chunk.ChunkEncoding;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Prometheus' remote read returns of blocks that a real Prometheus wrote.
class RemoteReadTest {
  private static final String READ = "/api/v1/read";

  @TempDir static Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private ObjectStore store;
  private Gateway gateway;
  private ApiServer server;

  @BeforeEach
  void serve() throws Exception {
    Path bucket = directory.resolve("bucket");
    GrpcGateway.publish("floats", bucket, "cluster", "a");
    GrpcGateway.publish("starttimes", bucket, "cluster", "a");
    store = DirectoryObjectStore.open(bucket);
    gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache());
    server = gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    gateway.close();
    store.close();
    client.close();
  }

  private static byte[] snappy(byte[] content) {
    byte[] out = new byte[content.length + content.length / 6 + 64];
    int length =
        new SnappyJavaCompressor().compress(content, 0, content.length, out, 0, out.length);
    return Arrays.copyOf(out, length);
  }

  private HttpResponse<byte[]> post(byte[] body, String type) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + READ))
            .header("Content-Type", type)
            .header("Content-Encoding", "snappy")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> post(ReadRequest.Builder request) throws Exception {
    return post(snappy(request.build().toByteArray()), "application/x-protobuf");
  }

  private static ReadQuery.Builder query(String metrics) {
    return ReadQuery.newBuilder()
        .setStartTimestampMs(0)
        .setEndTimestampMs(Long.MAX_VALUE)
        .addMatchers(
            LabelMatcher.newBuilder()
                .setType(LabelMatcher.Type.RE)
                .setName("__name__")
                .setValue(metrics));
  }

  private static Labels labels(List<Label> labels) {
    Map<String, String> out = new TreeMap<>();
    labels.forEach(l -> out.put(l.getName(), l.getValue()));
    out.remove("cluster");
    return Labels.of(out);
  }

  /// Time and value, without start timestamps.
  private static List<String> withoutStarts(List<String> samples) {
    return samples.stream().map(s -> s.replaceFirst("^(\\S+) \\S+ ", "$1 ")).toList();
  }

  @Test
  void samplesAreThoseThatPrometheusRead() throws Exception {
    HttpResponse<byte[]> response = post(ReadRequest.newBuilder().addQueries(query(".*")));

    assertEquals(200, response.statusCode());
    assertEquals("snappy", response.headers().firstValue("Content-Encoding").orElse(""));
    byte[] body = response.body();
    SnappyJavaDecompressor snappy = new SnappyJavaDecompressor();
    byte[] message = new byte[snappy.getUncompressedLength(body, 0)];
    snappy.decompress(body, 0, body.length, message, 0, message.length);
    Map<Labels, List<String>> actual = new TreeMap<>();
    for (TimeSeries s : ReadResponse.parseFrom(message).getResults(0).getTimeseriesList()) {
      SampleColumns samples = new SampleColumns();
      for (Sample p : s.getSamplesList()) {
        samples.add(p.getTimestamp(), p.getValue());
      }
      if (samples.size() > 0) {
        actual.put(labels(s.getLabelsList()), withoutStarts(RecordedSamples.text(samples)));
      }
    }

    Map<Labels, List<String>> expected = RecordedSamples.read("floats");
    expected.forEach((labels, samples) -> {
      if (!samples.isEmpty()) {
        assertEquals(withoutStarts(samples), actual.get(labels), () -> "series " + labels);
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "starttimes"})
  void framesHoldChunksThatEveryClientCanDecode(String set) throws Exception {
    HttpResponse<byte[]> response =
        post(
            ReadRequest.newBuilder()
                .addQueries(query("nothing"))
                .addQueries(query(".*"))
                .addAcceptedResponseTypes(ResponseType.STREAMED_XOR_CHUNKS));

    assertEquals(
        "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse",
        response.headers().firstValue("Content-Type").orElse(""));
    Map<Labels, SampleColumns> found = new TreeMap<>();
    ByteBuffer frames = ByteBuffer.wrap(response.body());
    while (frames.hasRemaining()) {
      CodedInputStream in = CodedInputStream.newInstance(frames.slice());
      int length = in.readUInt32();
      frames.position(frames.position() + in.getTotalBytesRead());
      int stated = frames.getInt();
      byte[] message = new byte[length];
      frames.get(message);
      CRC32C checksum = new CRC32C();
      checksum.update(message);
      assertEquals((int) checksum.getValue(), stated);
      ChunkedReadResponse frame = ChunkedReadResponse.parseFrom(message);
      assertEquals(1, frame.getQueryIndex());
      ChunkedSeries series = frame.getChunkedSeries(0);
      SampleColumns samples =
          found.computeIfAbsent(labels(series.getLabelsList()), _ -> new SampleColumns());
      for (ReadChunk c : series.getChunksList()) {
        assertTrue(c.getTypeValue() >= 1 && c.getTypeValue() <= 3);
        byte[] data = c.getData().toByteArray();
        ChunkDecoder.decode(ChunkEncoding.ofId(c.getTypeValue()), data, 0, data.length, samples);
      }
    }

    RecordedSamples.read(set)
        .forEach((labels, samples) -> {
          if (!samples.isEmpty() && samples.stream().noneMatch(s -> s.contains("int"))) {
            assertEquals(
                withoutStarts(samples).size(), found.get(labels).size(), () -> "series " + labels);
          }
        });
  }

  @Test
  void aBlockThatStatesTooMuchIsRefusedBeforeItIsInflated() throws Exception {
    // The varint of 1 GiB, and no data.
    HttpResponse<byte[]> response =
        post(
            new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x04},
            "application/x-protobuf");

    assertEquals(400, response.statusCode());
    assertTrue(
        new String(response.body()).startsWith("cannot read snappy block: it states 1073741824"),
        () -> new String(response.body()));
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    assertEquals(415, post(new byte[0], "text/plain").statusCode());
    assertEquals(400, post(new byte[0], "application/x-protobuf").statusCode());
    assertEquals(400, post(snappy(new byte[] {1, 2, 3}), "application/x-protobuf").statusCode());
    assertEquals(400, post(ReadRequest.newBuilder().addQueries(query("("))).statusCode());
    assertEquals(400, post(ReadRequest.newBuilder().addAcceptedResponseTypesValue(7)).statusCode());
  }

  @Test
  void anErrorDoesNotRepeatALongRequest() throws Exception {
    HttpResponse<byte[]> response =
        post(ReadRequest.newBuilder().addQueries(query("(".repeat(100_000))));

    assertEquals(400, response.statusCode());
    assertTrue(response.body().length < 2_000, () -> response.body().length + " bytes");
  }

  @Test
  void requestsOfVeryManyFieldsAreRefused() throws Exception {
    ReadRequest.Builder request = ReadRequest.newBuilder();
    for (int i = 0; i < 200_000; i++) {
      request.addQueries(ReadQuery.getDefaultInstance());
    }

    HttpResponse<byte[]> response = post(request);

    assertEquals(400, response.statusCode());
    assertTrue(new String(response.body(), UTF_8).contains("fields"));
  }
}
