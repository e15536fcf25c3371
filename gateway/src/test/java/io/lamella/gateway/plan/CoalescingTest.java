package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoalescingTest {
  private static final int SEEDS = 3_000;
  private static final int FILE_BYTES = 400;

  private static List<ByteRange> random(Random random) {
    List<ByteRange> out = new ArrayList<>();
    int n = random.nextInt(20);
    for (int i = 0; i < n; i++) {
      int start = random.nextInt(FILE_BYTES);
      out.add(new ByteRange(start, start + 1 + random.nextInt(30)));
    }
    return out;
  }

  private static BitSet bits(List<ByteRange> ranges) {
    BitSet out = new BitSet();
    ranges.forEach(r -> out.set((int) r.start(), (int) r.end()));
    return out;
  }

  @Test
  void readsAreAscendingAndDisjointAndEachRangeLiesInOneOfThem() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Coalescing coalescing = new Coalescing(random.nextInt(20), 1 + random.nextInt(120));
      List<ByteRange> requested = random(random);
      List<ByteRange> reads = coalescing.reads(requested);
      String message = "seed " + seed + ": " + coalescing + " " + requested + " " + reads;
      for (int i = 1; i < reads.size(); i++) {
        assertTrue(reads.get(i - 1).end() <= reads.get(i).start(), message);
      }
      for (ByteRange r : requested) {
        assertEquals(
            1,
            reads.stream().filter(o -> o.start() <= r.start() && r.end() <= o.end()).count(),
            message);
      }
    }
  }

  @Test
  void onlyGapsUpToTheLimitAreRead() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Coalescing coalescing = new Coalescing(random.nextInt(20), 1 + random.nextInt(120));
      List<ByteRange> requested = random(random);
      BitSet wasted = bits(coalescing.reads(requested));
      wasted.andNot(bits(requested));
      for (int from = wasted.nextSetBit(0); from >= 0; ) {
        int end = wasted.nextClearBit(from);
        assertTrue(end - from <= coalescing.maxGapBytes(), "seed " + seed);
        from = wasted.nextSetBit(end);
      }
    }
  }

  @Test
  void aReadExceedsTheLimitOnlyWhereItsRangesOverlap() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Coalescing coalescing = new Coalescing(random.nextInt(20), 40 + random.nextInt(120));
      List<ByteRange> requested = new ArrayList<>();
      int at = 0;
      while (at < FILE_BYTES) {
        int end = at + 1 + random.nextInt(30);
        requested.add(new ByteRange(at, end));
        at = end + random.nextInt(25);
      }
      for (ByteRange r : coalescing.reads(requested)) {
        assertTrue(r.length() <= coalescing.maxReadBytes(), "seed " + seed + ": " + r);
      }
    }
  }

  @Test
  void neighboursThatFitAreOneRead() {
    Coalescing coalescing = new Coalescing(10, 100);
    ByteRange first = new ByteRange(0, 40);
    assertEquals(
        List.of(new ByteRange(0, 100)), coalescing.reads(List.of(first, new ByteRange(50, 100))));
    assertEquals(
        List.of(first, new ByteRange(51, 100)),
        coalescing.reads(List.of(first, new ByteRange(51, 100))));
    assertEquals(
        List.of(first, new ByteRange(50, 101)),
        coalescing.reads(List.of(first, new ByteRange(50, 101))));
  }

  @Test
  void anEmptyBatchNeedsNoRead() {
    assertEquals(List.of(), Coalescing.DEFAULT.reads(List.of()));
  }

  @Test
  void aBatchIsSplitOnlyWhereItsTransferTakesLongerThanAnAnswer() {
    assertEquals(new Coalescing(5, 2 << 20), new Coalescing(5, 8 << 20).forBatch(1 << 20));
    assertEquals(new Coalescing(5, 4 << 20), new Coalescing(5, 8 << 20).forBatch(32 << 20));
    assertEquals(new Coalescing(5, 8 << 20), new Coalescing(5, 8 << 20).forBatch(1L << 40));
    assertEquals(new Coalescing(5, 100), new Coalescing(5, 100).forBatch(1 << 20));
  }

  @Test
  void extentsAreAlignedAndCoverSmallRanges() {
    Coalescing extents = new Coalescing(0, 1000, 100);
    assertEquals(List.of(new ByteRange(100, 200)), extents.extents(new ByteRange(150, 151), 990));
    assertEquals(
        List.of(new ByteRange(100, 200), new ByteRange(200, 300)),
        extents.extents(new ByteRange(199, 299), 990));
    assertEquals(List.of(new ByteRange(900, 990)), extents.extents(new ByteRange(980, 990), 990));
    assertEquals(List.of(new ByteRange(0, 101)), extents.extents(new ByteRange(0, 101), 990));
    assertEquals(
        List.of(new ByteRange(5, 6)), new Coalescing(0, 10).extents(new ByteRange(5, 6), 990));
  }

  @Test
  void invalidLimitsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Coalescing(-1, 10));
    assertThrows(IllegalArgumentException.class, () -> new Coalescing(0, 0));
  }
}
