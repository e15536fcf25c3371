package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.plan.RowRanges.RowRange;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowRangesTest {
  private static final int SEEDS = 3_000;
  private static final int MAX_ROWS = 70;

  private static BitSet random(Random random) {
    BitSet out = new BitSet();
    double share = random.nextDouble();
    for (int row = 0; row < MAX_ROWS; row++) {
      out.set(row, random.nextDouble() < share);
    }
    return out;
  }

  private static RowRanges ranges(BitSet rows) {
    RowRanges.Builder out = new RowRanges.Builder();
    for (int from = rows.nextSetBit(0); from >= 0; ) {
      int end = rows.nextClearBit(from);
      out.add(from, end);
      from = rows.nextSetBit(end);
    }
    return out.build();
  }

  private static BitSet bits(RowRanges ranges) {
    BitSet out = new BitSet();
    ranges.ranges().forEach(r -> out.set(r.start(), r.end()));
    return out;
  }

  @Test
  void countAndEmptinessAreThoseOfABitSet() {
    for (long seed = 0; seed < SEEDS; seed++) {
      BitSet rows = random(new Random(seed));
      assertEquals(rows.cardinality(), ranges(rows).count(), "seed " + seed);
      assertEquals(rows.isEmpty(), ranges(rows).isEmpty(), "seed " + seed);
      assertEquals(rows, bits(ranges(rows)), "seed " + seed);
    }
  }

  @Test
  void anIntersectionIsThatOfBitSets() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      BitSet a = random(random);
      BitSet b = random(random);
      RowRanges both = ranges(a).intersect(ranges(b));
      BitSet expected = (BitSet) a.clone();
      expected.and(b);
      assertEquals(expected, bits(both), "seed " + seed);
      assertEquals(ranges(expected), both, "seed " + seed);
      assertEquals(both, ranges(b).intersect(ranges(a)), "seed " + seed);
    }
  }

  @Test
  void aPartIsThatOfABitSetAndCountsFromItsStart() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      BitSet rows = random(random);
      int start = random.nextInt(MAX_ROWS);
      int end = start + 1 + random.nextInt(MAX_ROWS);
      RowRanges part = ranges(rows).within(start, end);
      assertEquals(ranges(rows.get(start, end)), part, "seed " + seed);
    }
  }

  @Test
  void rangesOverlapIfTheirCommonPartIsNotEmpty() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      BitSet rows = random(random);
      int start = random.nextInt(MAX_ROWS);
      int end = start + random.nextInt(MAX_ROWS);
      assertEquals(
          !rows.get(start, end).isEmpty(), ranges(rows).overlaps(start, end), "seed " + seed);
    }
  }

  @Test
  void operationsDoNotChangeTheirOperands() {
    RowRanges a = new RowRanges(List.of(new RowRange(0, 5), new RowRange(7, 9)));
    RowRanges b = RowRanges.all(8);
    a.intersect(b);
    a.within(1, 8);
    assertEquals(new RowRanges(List.of(new RowRange(0, 5), new RowRange(7, 9))), a);
    assertEquals(RowRanges.all(8), b);
  }

  @Test
  void adjacentRangesBecomeOne() {
    RowRanges.Builder out = new RowRanges.Builder();
    out.add(0, 3);
    out.add(3, 5);
    out.add(4, 6);
    out.add(8, 9);
    assertEquals(List.of(new RowRange(0, 6), new RowRange(8, 9)), out.build().ranges());
  }

  @Test
  void emptyNegativeAndUnorderedRangesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RowRange(3, 3));
    assertThrows(IllegalArgumentException.class, () -> new RowRange(-1, 3));
    RowRange first = new RowRange(0, 3);
    RowRange adjacent = new RowRange(3, 4);
    assertThrows(IllegalArgumentException.class, () -> new RowRanges(List.of(first, adjacent)));
    assertThrows(IllegalArgumentException.class, () -> new RowRanges(List.of(adjacent, first)));
  }

  @Test
  void emptyRowRangesOverlapNothing() {
    assertEquals(0, RowRanges.NONE.count());
    assertEquals(RowRanges.NONE, RowRanges.all(4).intersect(RowRanges.NONE));
    assertEquals(RowRanges.NONE, RowRanges.all(4).within(4, 8));
    assertEquals(false, RowRanges.all(4).overlaps(4, 8));
    assertEquals(false, RowRanges.all(4).overlaps(2, 2));
  }
}
