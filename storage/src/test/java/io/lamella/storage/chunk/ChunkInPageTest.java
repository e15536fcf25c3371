package io.lamella.storage.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.storage.RecordedSamples;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Chunks of floats between other bytes, as in a page, and parts of them.
class ChunkInPageTest {
  private static final int CASES = 2_000;

  /// Samples whose intervals and values have all widths that a chunk knows, some far more often.
  private static SampleColumns samples(Random random) {
    SampleColumns out = new SampleColumns();
    int[] widths = {0, 0, 0, 3, 13, 16, 19, 30};
    int usual = random.nextInt(widths.length);
    int kind = random.nextInt(4);
    long time = random.nextInt(1_000_000);
    double value = 1;
    int n = 1 + random.nextInt(200);
    for (int i = 0; i < n; i++) {
      int width = random.nextInt(10) == 0 ? widths[random.nextInt(widths.length)] : widths[usual];
      out.add(time, value);
      time += 60_000 + (width == 0 ? 0 : random.nextLong(1L << width));
      value =
          switch (random.nextInt(8) == 0 ? random.nextInt(4) : kind) {
            case 0 -> value;
            case 1 -> value + random.nextInt(3);
            case 2 -> random.nextGaussian();
            default -> Double.longBitsToDouble(random.nextLong());
          };
    }
    return out;
  }

  private static byte[] chunk(SampleColumns samples) {
    return ChunkCutter.cut(samples, 0, samples.size(), 65_535).getFirst().bytes();
  }

  /// The samples as text; empty where the chunk is refused.
  private static Optional<List<String>> decoded(
      byte[] bytes, int from, int length, TimeRange range) {
    SampleColumns out = new SampleColumns(1);
    try {
      ChunkDecoder.decode(ChunkEncoding.XOR, bytes, from, length, range, out);
      return Optional.of(RecordedSamples.text(out));
    } catch (CorruptChunkException e) {
      assertEquals(0, out.size());
      return Optional.empty();
    }
  }

  private static byte[] surrounded(byte[] chunk, Random random) {
    byte[] out = new byte[chunk.length + 200];
    if (random.nextBoolean()) {
      random.nextBytes(out);
    }
    System.arraycopy(chunk, 0, out, 100, chunk.length);
    return out;
  }

  @Test
  void aChunkIsDecodedOrRefusedAlikeWhateverLiesAroundIt() {
    int refused = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      byte[] chunk = chunk(samples(random));
      int length = chunk.length;
      if (seed % 4 == 1) {
        length = random.nextInt(length);
      }
      for (int flips = seed % 4 == 2 ? 1 + random.nextInt(3) : 0; flips > 0; flips--) {
        chunk[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] alone = Arrays.copyOf(chunk, length);

      Optional<List<String>> expected = decoded(alone, 0, length, TimeRange.ALL);

      assertEquals(
          expected, decoded(surrounded(alone, random), 100, length, TimeRange.ALL), "seed " + seed);
      refused += expected.isEmpty() ? 1 : 0;
    }
    assertTrue(refused > CASES / 10, "refused " + refused);
  }

  @Test
  void ofAPartOfAChunkExactlyItsSamplesAreDecoded() {
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      SampleColumns all = samples(random);
      byte[] chunk = chunk(all);
      long first = all.times()[0];
      long length = all.times()[all.size() - 1] - first + 200_000;
      long start = first - 100_000 + random.nextLong(length);
      TimeRange range = new TimeRange(start, start + random.nextLong(length));
      SampleColumns expected = new SampleColumns();
      for (int i = 0; i < all.size(); i++) {
        if (range.contains(all.times()[i])) {
          expected.addFrom(all, i);
        }
      }
      byte[] page = surrounded(chunk, random);

      assertEquals(
          Optional.of(RecordedSamples.text(expected)),
          decoded(page, 100, chunk.length, range),
          "seed " + seed);
      assertEquals(
          Optional.of(RecordedSamples.text(expected)),
          decoded(chunk, 0, chunk.length, range),
          "seed " + seed);
    }
  }
}
