package io.lamella.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramSumTest {
  private static final double[] NONE = {};

  private static Histogram exponential(
      CounterReset hint, int schema, int offset, double... counts) {
    double total = 0;
    for (double c : counts) {
      total += c;
    }
    List<Span> spans = List.of(new Span(offset, counts.length));
    return new Histogram(hint, schema, 0, 0, total, total, spans, counts, List.of(), NONE, NONE);
  }

  private static Histogram custom(double[] bounds, double... counts) {
    double total = 0;
    for (double c : counts) {
      total += c;
    }
    List<Span> spans = List.of(new Span(0, counts.length));
    return new Histogram(
        CounterReset.UNKNOWN,
        Histogram.CUSTOM_BUCKETS,
        0,
        0,
        total,
        total,
        spans,
        counts,
        List.of(),
        NONE,
        bounds);
  }

  @Test
  void theCoarserSchemaWins() {
    Histogram fine = exponential(CounterReset.UNKNOWN, 1, 1, 1, 2, 3, 4);
    Histogram coarse = exponential(CounterReset.UNKNOWN, 0, 1, 10, 20);
    Histogram sum = new HistogramSum(fine).add(coarse).toHistogram();
    assertEquals(0, sum.schema());
    assertArrayEquals(new double[] {13, 27}, sum.positive());
  }

  @Test
  void aNegativeFactorKeepsTheSignOfZero() {
    Histogram empty = exponential(CounterReset.GAUGE, 0, 0, 0);
    Histogram negated = new HistogramSum(empty).scale(-1).toHistogram();
    assertEquals(-0.0, negated.count());
    assertEquals(-0.0, negated.sum());
    assertEquals(-0.0, HistogramSum.plain(negated).add(negated).count());
    assertEquals(0.0, new HistogramSum(negated).add(negated).count());
  }

  @Test
  void emptyBucketsAreDropped() {
    Histogram a = exponential(CounterReset.GAUGE, 0, 0, 1, 2, 3);
    Histogram b = exponential(CounterReset.GAUGE, 0, 0, 0, 2, 0);
    Histogram difference = new HistogramSum(a).subtract(b).toHistogram();
    assertArrayEquals(new double[] {1, 3}, difference.positive());
    assertEquals(List.of(new Span(0, 1), new Span(1, 1)), difference.positiveSpans());
  }

  @Test
  void customBoundsAreReducedToTheCommonOnes() {
    Histogram a = custom(new double[] {1, 2, 3}, 1, 1, 1, 1);
    Histogram b = custom(new double[] {1, 3}, 10, 10, 10);
    HistogramSum sum = new HistogramSum(a).add(b);
    assertTrue(sum.reconciled());
    assertArrayEquals(new double[] {1, 3}, sum.toHistogram().customValues());
    assertArrayEquals(new double[] {11, 12, 11}, sum.toHistogram().positive());
  }

  @Test
  void resetAndNotResetCollide() {
    Histogram reset = exponential(CounterReset.RESET, 0, 0, 1);
    Histogram not = exponential(CounterReset.NOT_RESET, 0, 0, 1);
    HistogramSum sum = new HistogramSum(reset).add(not);
    assertTrue(sum.resetsCollide());
    assertEquals(CounterReset.UNKNOWN, sum.toHistogram().counterReset());
  }

  @Test
  void aBucketThatShrinksIsAReset() {
    Histogram before = exponential(CounterReset.UNKNOWN, 0, 0, 5, 1);
    Histogram after = exponential(CounterReset.UNKNOWN, 0, 0, 4, 9);
    assertTrue(HistogramResets.isReset(after, before));
    assertFalse(HistogramResets.isReset(before.withCounterReset(CounterReset.NOT_RESET), after));
  }

  @Test
  void theHighestExponentialBoundIsTheLargestDouble() {
    assertEquals(Double.MAX_VALUE, BucketBounds.exponential(1024, 0));
    assertEquals(Double.POSITIVE_INFINITY, BucketBounds.exponential(1025, 0));
    assertEquals(2, BucketBounds.exponential(1, 0));
    assertEquals(0.5, BucketBounds.exponential(-8, 3));
  }
}
