package io.lamella.promql.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.promql.source.ValueFilter.Comparison;
import org.junit.jupiter.api.Test;

class ValueFilterTest {
  private static final double[] NUMBERS = {
    Double.NEGATIVE_INFINITY, -1, 0, 1, 2, Double.POSITIVE_INFINITY, Double.NaN
  };

  @Test
  void boundsDecideWhetherAComparisonMayHold() {
    for (Comparison c : Comparison.values()) {
      for (double number : NUMBERS) {
        for (int min = 0; min < NUMBERS.length - 1; min++) {
          for (int max = min; max < NUMBERS.length - 1; max++) {
            boolean holds = holds(c, NUMBERS[min], number) || holds(c, NUMBERS[max], number);
            for (int between = min; between <= max; between++) {
              holds |= holds(c, NUMBERS[between], number);
            }
            assertEquals(
                holds,
                new ValueFilter(c, number).mayHold(NUMBERS[min], NUMBERS[max]),
                c + " " + number + " in " + NUMBERS[min] + ".." + NUMBERS[max]);
          }
        }
      }
    }
  }

  private static boolean holds(Comparison c, double v, double number) {
    return switch (c) {
      case EQUAL -> v == number;
      case NOT_EQUAL -> v != number;
      case GREATER -> v > number;
      case GREATER_OR_EQUAL -> v >= number;
      case LESS -> v < number;
      case LESS_OR_EQUAL -> v <= number;
    };
  }
}
