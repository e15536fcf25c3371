package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HedgeBudgetTest {
  @Test
  void theBudgetSavesUpALimitedReserve() {
    HedgeBudget budget = new HedgeBudget(0.25);
    assertFalse(budget.take());
    for (int i = 0; i < 1000; i++) {
      budget.earn();
    }
    for (int i = 0; i < HedgeBudget.RESERVE; i++) {
      assertTrue(budget.take());
    }
    assertFalse(budget.take());
    for (int i = 0; i < 4; i++) {
      budget.earn();
    }
    assertTrue(budget.take());
    assertFalse(budget.take());
  }
}
