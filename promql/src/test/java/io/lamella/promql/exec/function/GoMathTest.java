package io.lamella.promql.exec.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GoMathTest {
  @Test
  void hyperbolicInversesKeepTheSignOfZero() {
    assertEquals(-0.0, Hyperbolics.atanh(-0.0));
    assertEquals(0.0, Hyperbolics.atanh(0.0));
    assertEquals(-0.0, Hyperbolics.asinh(-0.0));
  }
}
