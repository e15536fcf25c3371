package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.model.Stale;
import io.lamella.storage.RecordedSamples;
import io.lamella.storage.tsdb.ChunkBytes;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Chunks written by Prometheus 2.42, with their expected samples.
class GoldenChunksTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final String FLOATS =
      "000580a0abfef9623ff80000000000009875309dffec003e03e002dff960feffe0000000000008";
  private static final String CONSTANT = "000880f1f586fa623ff0000000000000c0cf240000";
  private static final String COUNTER =
      "000400749ca578ca317f0000c5e7f2b4005e280180000000000012bc63f07531858eb17b18dc9df50d9c5161cc5e"
          + "ffa4000000000004";
  private static final String GAUGE =
      "0002c0009c6317f0000c5e7f2b400487fe00000000000012f83a98bb583b80";
  private static final String FLOAT_HISTOGRAM =
      "000200ff3f50624dd2f1a9fc4647f0000c5e7f2b40020060000000000001ff0000000000000200c0000000000001"
          + "ff800000000000020000000000000007c1d4c6b0fb703d80c0";

  private static SampleColumns decode(ChunkEncoding encoding, String hex) throws IOException {
    byte[] data = HexFormat.of().parseHex(hex);
    SampleColumns out = new SampleColumns();
    ChunkDecoder.decode(encoding, data, 0, data.length, out);
    return out;
  }

  private static void assertSame(SampleColumns expected, SampleColumns actual) {
    assertEquals(RecordedSamples.text(expected), RecordedSamples.text(actual));
  }

  private static SampleColumns floats() {
    SampleColumns out = new SampleColumns();
    out.add(T0, 1.5);
    out.add(T0 + 15_000, 1.5);
    out.add(T0 + 30_000, 2.25);
    out.add(T0 + 45_007, -3.0);
    out.add(T0 + 60_000, Stale.MARKER);
    return out;
  }

  private static SampleColumns constant() {
    SampleColumns out = new SampleColumns();
    for (int i = 0; i < 8; i++) {
      out.add(1_700_009_000_000L + 600_000L * i, 1.0);
    }
    return out;
  }

  private static Histogram counter(
      CounterReset hint, int count, int zero, double sum, int... positive) {
    double[] counts = new double[positive.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = positive[i];
    }
    return new Histogram(
            hint,
            3,
            0x1p-128,
            zero,
            count,
            sum,
            List.of(new Span(-1, 2), new Span(2, 1)),
            counts,
            List.of(new Span(0, 1)),
            new double[] {1},
            new double[0])
        .withIntegerCounts();
  }

  @Test
  void floatsAreDecodedAsPrometheusWroteThem() throws IOException {
    assertSame(floats(), decode(ChunkEncoding.XOR, FLOATS));
  }

  @Test
  void constantFloatsAreDecodedAsPrometheusWroteThem() throws IOException {
    assertSame(constant(), decode(ChunkEncoding.XOR, CONSTANT));
  }

  @Test
  void floatsAreEncodedToTheBytesOfPrometheus() {
    assertArrayEquals(
        HexFormat.of().parseHex(FLOATS), ChunkCutter.cut(floats(), 0, 5, 120).getFirst().bytes());
    assertArrayEquals(
        HexFormat.of().parseHex(CONSTANT),
        ChunkCutter.cut(constant(), 0, 8, 120).getFirst().bytes());
  }

  @Test
  void anIntegerHistogramIsDecodedAsPrometheusWroteIt() throws IOException {
    SampleColumns expected = new SampleColumns();
    expected.add(T0, counter(CounterReset.UNKNOWN, 7, 1, 3.5, 2, 1, 2));
    expected.add(T0 + 15_000, counter(CounterReset.NOT_RESET, 12, 2, 4.25, 3, 3, 3));
    expected.add(T0 + 30_000, counter(CounterReset.NOT_RESET, 20, 2, 9.0, 5, 6, 6));
    expected.add(T0 + 45_007, Histogram.stale().withIntegerCounts());

    assertSame(expected, decode(ChunkEncoding.HISTOGRAM, COUNTER));
  }

  @Test
  void aGaugeHistogramIsDecodedAsPrometheusWroteIt() throws IOException {
    SampleColumns expected = new SampleColumns();
    for (int i = 0; i < 2; i++) {
      expected.add(
          T0 + 15_000L * i,
          new Histogram(
                  CounterReset.GAUGE,
                  3,
                  0,
                  0,
                  2 - i,
                  i == 0 ? 1.0 : 0.5,
                  List.of(new Span(1, 1)),
                  new double[] {2 - i},
                  List.of(),
                  new double[0],
                  new double[0])
              .withIntegerCounts());
    }

    assertSame(expected, decode(ChunkEncoding.HISTOGRAM, GAUGE));
  }

  @Test
  void aFloatHistogramIsDecodedAsPrometheusWroteIt() throws IOException {
    SampleColumns expected = new SampleColumns();
    for (int i = 0; i < 2; i++) {
      expected.add(
          T0 + 15_000L * i,
          new Histogram(
              i == 0 ? CounterReset.UNKNOWN : CounterReset.NOT_RESET,
              0,
              0.001,
              0.5,
              3.5 + 0.5 * i,
              6.0 + 0.5 * i,
              List.of(new Span(0, 2)),
              new double[] {1 + 0.5 * i, 2},
              List.of(),
              new double[0],
              new double[0]));
    }

    assertSame(expected, decode(ChunkEncoding.FLOAT_HISTOGRAM, FLOAT_HISTOGRAM));
  }

  @Test
  void everyFloatChunkOfARealBlockIsEncodedToTheSameBytes() throws IOException {
    List<Path> blocks;
    try (Stream<Path> all = Files.list(RecordedSamples.directory().resolve("floats"))) {
      blocks = all.sorted().toList();
    }
    for (Path directory : blocks) {
      try (TsdbBlock block = TsdbBlock.open(directory)) {
        block.forEachSeries(series -> {
          for (int c = 0; c < series.chunkCount(); c++) {
            ChunkBytes chunk = block.chunk(series.chunkRef(c));
            if (chunk.encoding() == ChunkEncoding.XOR) {
              SampleColumns samples = new SampleColumns();
              block.decode(series, c, samples);
              byte[] again = FloatChunkEncoder.xor(samples, 0, samples.size());
              assertArrayEquals(chunk.bytes(), again, block.labels(series) + " chunk " + c);
            }
          }
        });
      }
    }
  }
}
