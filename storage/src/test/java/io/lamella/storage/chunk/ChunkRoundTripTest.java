package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.storage.RecordedSamples;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ChunkRoundTripTest {
  private static final int CASES = 300;

  /// Cuts, decodes and compares. The first histogram of a chunk always reads as unknown, or gauge.
  private static void roundTrips(Function<ChunkSamples, SampleColumns> generator)
      throws CorruptChunkException {
    for (long seed = 0; seed < CASES; seed++) {
      SampleColumns samples = generator.apply(new ChunkSamples(seed));
      List<EncodedChunk> chunks =
          ChunkCutter.cut(samples, 0, samples.size(), seed % 2 == 0 ? 120 : 65_535);
      SampleColumns expected = new SampleColumns();
      SampleColumns actual = new SampleColumns();
      int at = 0;
      for (EncodedChunk chunk : chunks) {
        for (int i = 0; i < chunk.samples(); i++, at++) {
          add(expected, samples, at, i == 0);
        }
        ChunkDecoder.decode(chunk.encoding(), chunk.bytes(), 0, chunk.bytes().length, actual);
      }
      long failing = seed;
      assertEquals(samples.size(), at, () -> "seed " + failing);
      assertEquals(
          RecordedSamples.text(expected), RecordedSamples.text(actual), () -> "seed " + failing);
    }
  }

  private static void add(SampleColumns into, SampleColumns from, int i, boolean first) {
    Histogram h = from.histogramAt(i);
    if (h == null) {
      into.add(from.times()[i], from.values()[i]);
    } else {
      boolean hides = first && h.counterReset() != CounterReset.GAUGE;
      into.add(from.times()[i], hides ? h.withCounterReset(CounterReset.UNKNOWN) : h);
    }
    into.startTime(from.startTimeAt(i));
  }

  @Test
  void floatsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.floats(false));
  }

  @Test
  void floatsWithStartTimestampsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.floats(true));
  }

  @Test
  void integerHistogramsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.histograms(true, false));
  }

  @Test
  void integerHistogramsWithStartTimestampsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.histograms(true, true));
  }

  @Test
  void floatHistogramsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.histograms(false, false));
  }

  @Test
  void floatHistogramsWithStartTimestampsAreDecodedBitForBit() throws CorruptChunkException {
    roundTrips(samples -> samples.histograms(false, true));
  }

  @Test
  void aConstantChunkOfMaximumLengthIsDecodedUnchanged() throws CorruptChunkException {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 65_535; i++) {
      samples.add(1000L * i, 7);
    }

    EncodedChunk chunk = ChunkCutter.cut(samples, 0, samples.size(), 65_535).getFirst();
    SampleColumns actual = new SampleColumns();
    ChunkDecoder.decode(chunk.encoding(), chunk.bytes(), 0, chunk.bytes().length, actual);

    assertEquals(RecordedSamples.text(samples), RecordedSamples.text(actual));
  }

  @Test
  void bucketsOfTheFinestStoredSchemaAreMergedIntoThatOfEight() throws CorruptChunkException {
    SampleColumns samples = new SampleColumns();
    double[] counts = {1, 2, 4};
    samples.add(
        5,
        new Histogram(
            CounterReset.UNKNOWN,
            52,
            0,
            0,
            7,
            1,
            List.of(new Span(1, 2), new Span(1 << 20, 1)),
            counts,
            List.of(),
            new double[0],
            new double[0]));

    EncodedChunk chunk = ChunkCutter.cut(samples, 0, 1, 120).getFirst();
    SampleColumns actual = new SampleColumns();
    ChunkDecoder.decode(chunk.encoding(), chunk.bytes(), 0, chunk.bytes().length, actual);

    // 2^44 buckets of schema 52 are one of schema 8, so that all three lie in bucket 1.
    Histogram h = actual.histogramAt(0);
    assertEquals(8, h.schema());
    assertEquals(List.of(new Span(1, 1)), h.positiveSpans());
    assertEquals(7, h.positive()[0]);
  }
}
