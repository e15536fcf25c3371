package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramJsonTest {
  private static final double[] NONE = {};

  private static String json(Histogram h) {
    StringBuilder out = new StringBuilder();
    HistogramJson.append(out, h);
    return out.toString();
  }

  @Test
  void bucketsAscendFromNegativeOverZeroToPositive() {
    Histogram h =
        new Histogram(
            CounterReset.UNKNOWN,
            0,
            0.001,
            2,
            10,
            18.4,
            List.of(new Span(0, 1), new Span(1, 1)),
            new double[] {1, 3},
            List.of(new Span(1, 1)),
            new double[] {4},
            NONE);
    assertEquals(
        "{\"count\":\"10\",\"sum\":\"18.4\",\"buckets\":[[1,\"-2\",\"-1\",\"4\"],"
            + "[3,\"-0.001\",\"0.001\",\"2\"],[0,\"0.5\",\"1\",\"1\"],[0,\"2\",\"4\",\"3\"]]}",
        json(h));
  }

  @Test
  void aBucketThatOverlapsTheZeroBucketIsCut() {
    Histogram h =
        new Histogram(
            CounterReset.UNKNOWN,
            0,
            0.75,
            1,
            2,
            1,
            List.of(new Span(0, 1)),
            new double[] {1},
            List.of(),
            NONE,
            NONE);
    assertEquals(
        "{\"count\":\"2\",\"sum\":\"1\",\"buckets\":[[3,\"-0.75\",\"0.75\",\"1\"],"
            + "[0,\"0.75\",\"1\",\"1\"]]}",
        json(h));
  }

  @Test
  void emptyBucketsAreOmitted() {
    Histogram h =
        new Histogram(
            CounterReset.UNKNOWN,
            0,
            0,
            0,
            0,
            0,
            List.of(new Span(0, 2)),
            new double[] {0, 0},
            List.of(),
            NONE,
            NONE);
    assertEquals("{\"count\":\"0\",\"sum\":\"0\"}", json(h));
  }

  @Test
  void customBucketsHaveTheirOwnBounds() {
    Histogram h =
        new Histogram(
            CounterReset.UNKNOWN,
            Histogram.CUSTOM_BUCKETS,
            0,
            0,
            6,
            9,
            List.of(new Span(0, 3)),
            new double[] {1, 2, 3},
            List.of(),
            NONE,
            new double[] {5, 10});
    assertEquals(
        "{\"count\":\"6\",\"sum\":\"9\",\"buckets\":[[3,\"-Inf\",\"5\",\"1\"],"
            + "[0,\"5\",\"10\",\"2\"],[0,\"10\",\"+Inf\",\"3\"]]}",
        json(h));
  }

  @Test
  void boundsAreThoseOfTheEngineToTheLastDigit() {
    Histogram h =
        new Histogram(
            CounterReset.UNKNOWN,
            1,
            0,
            0,
            4,
            9,
            List.of(new Span(1, 2), new Span(2, 1)),
            new double[] {1, 2, 1},
            List.of(),
            NONE,
            NONE);
    assertEquals(
        "{\"count\":\"4\",\"sum\":\"9\",\"buckets\":[[0,\"1\",\"1.414213562373095\",\"1\"],"
            + "[0,\"1.414213562373095\",\"2\",\"2\"],"
            + "[0,\"4\",\"5.65685424949238\",\"1\"]]}",
        json(h));
  }
}
