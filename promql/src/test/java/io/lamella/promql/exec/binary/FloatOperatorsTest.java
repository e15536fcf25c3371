package io.lamella.promql.exec.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.ast.BinaryOp;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloatOperatorsTest {
  private static final double[] VALUES = {
    0, -0.0, 1, 2, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  private static double[] random(Random random, int size) {
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      out[i] = VALUES[random.nextInt(VALUES.length)];
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(
      value = BinaryOp.class,
      names = {"EQL", "NEQ", "LTE", "LSS", "GTE", "GTR"})
  void manyElementsCompareAsEachByItself(BinaryOp op) {
    Random random = new Random(5);
    for (int round = 0; round < 1_000; round++) {
      int from = 64 * random.nextInt(3);
      int to = from + 1 + random.nextInt(64);
      double[] a = random(random, to);
      double[] b = random(random, to);
      long expected = 0;
      for (int i = from; i < to; i++) {
        expected |= FloatOperators.compare(op, a[i], b[i]) ? 1L << i : 0;
      }
      assertEquals(expected, FloatOperators.compare(op, a, b, from, to), op.text());
    }
  }
}
