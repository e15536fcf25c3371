package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.SampleColumns;
import io.lamella.storage.RecordedSamples;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random and damaged bytes are refused with a clear error or decoded to samples in time order.
@Timeout(60)
class CorruptChunkTest {
  private static SampleColumns samples(ChunkEncoding encoding, long seed) {
    ChunkSamples random = new ChunkSamples(seed);
    return switch (encoding) {
      case XOR -> random.floats(false);
      case XOR2 -> random.floats(true);
      case HISTOGRAM -> random.histograms(true, false);
      case FLOAT_HISTOGRAM -> random.histograms(false, false);
      case HISTOGRAM_ST -> random.histograms(true, true);
      case FLOAT_HISTOGRAM_ST -> random.histograms(false, true);
    };
  }

  private static List<EncodedChunk> chunks(ChunkEncoding encoding, long seed) {
    SampleColumns samples = samples(encoding, seed);
    return ChunkCutter.cut(samples, 0, samples.size(), 120).stream()
        .filter(c -> c.encoding() == encoding)
        .toList();
  }

  private static void decodesOrIsRefused(ChunkEncoding encoding, byte[] bytes, String what) {
    SampleColumns into = new SampleColumns(1);
    into.add(Long.MIN_VALUE, 42);
    try {
      ChunkDecoder.decode(encoding, bytes, 0, bytes.length, into);
    } catch (CorruptChunkException e) {
      assertEquals(1, into.size(), what);
      assertEquals(42, into.values()[0], what);
      return;
    } catch (RuntimeException e) {
      throw new AssertionError(what + " " + Arrays.toString(bytes), e);
    }
    for (int i = 2; i < into.size(); i++) {
      assertTrue(into.times()[i] > into.times()[i - 1], what + ": times go back");
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomBytesAreRefusedOrDecode(ChunkEncoding encoding) {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 2 && random.nextInt(4) != 0) {
        bytes[0] = 0;
      }

      decodesOrIsRefused(encoding, bytes, "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTruncatedChunkIsRefused(ChunkEncoding encoding) {
    for (long seed = 0; seed < 3; seed++) {
      for (EncodedChunk chunk : chunks(encoding, seed)) {
        int step = Math.max(1, chunk.bytes().length / 300);
        for (int length = 0; length < chunk.bytes().length; length += step) {
          byte[] cut = Arrays.copyOf(chunk.bytes(), length);

          assertThrows(
              CorruptChunkException.class,
              () -> ChunkDecoder.decode(encoding, cut, 0, cut.length, new SampleColumns()),
              "seed " + seed + " length " + length);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChunkWithFlippedBitsIsRefusedOrDecodes(ChunkEncoding encoding) {
    for (long seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      for (EncodedChunk chunk : chunks(encoding, seed)) {
        for (int flip = 0; flip < 10; flip++) {
          byte[] bytes = chunk.bytes().clone();
          for (int n = 0; n <= flip / 4; n++) {
            // The header is at the start, where flipped bits have the largest effect.
            int within = random.nextBoolean() ? Math.min(40, bytes.length) : bytes.length;
            bytes[random.nextInt(within)] ^= (byte) (1 << random.nextInt(8));
          }

          decodesOrIsRefused(encoding, bytes, "seed " + seed + " flip " + flip);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCountTooLargeForTheBytesIsRefusedBeforeAnyAllocation(ChunkEncoding encoding) {
    byte[] bytes = new byte[10];
    bytes[0] = (byte) 0xff;
    bytes[1] = (byte) 0xff;
    SampleColumns into = new SampleColumns(4);

    assertThrows(
        CorruptChunkException.class, () -> ChunkDecoder.decode(encoding, bytes, 0, 10, into));
    assertEquals(4, into.times().length);
  }

  @Test
  void timesThatWrapAroundInARunOfEqualStepsAreRefused() {
    for (long delta : new long[] {Long.MAX_VALUE / 2, 1L << 61, (1L << 58) + 1, (1L << 57) - 1}) {
      BitWriter out = new BitWriter();
      out.bits(200, 16);
      out.svarint(0);
      out.number(1);
      out.uvarint(delta);
      out.bit(0);
      for (int i = 0; i < 198; i++) {
        out.bits(0, 2);
      }
      byte[] bytes = out.toByteArray();

      assertThrows(
          CorruptChunkException.class,
          () -> ChunkDecoder.decode(ChunkEncoding.XOR, bytes, 0, bytes.length, new SampleColumns()),
          "delta " + delta);
    }
  }

  @Test
  void aChunkThatCannotBeDecodedDoesNotChangeEarlierSamples() throws CorruptChunkException {
    SampleColumns into = new SampleColumns();
    EncodedChunk good = chunks(ChunkEncoding.HISTOGRAM_ST, 1).getFirst();
    ChunkDecoder.decode(good.encoding(), good.bytes(), 0, good.bytes().length, into);
    List<String> before = RecordedSamples.text(into);

    for (ChunkEncoding encoding : ChunkEncoding.values()) {
      byte[] bytes = chunks(encoding, 2).getFirst().bytes();
      assertThrows(
          CorruptChunkException.class,
          () -> ChunkDecoder.decode(encoding, bytes, 0, bytes.length - 2, into));
    }

    assertEquals(before, RecordedSamples.text(into));
  }
}
