package io.lamella.storage.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private final RetryBudget budget = new RetryBudget(0.1, 4);

  @Test
  void aBurstIsAllowedAndThenAShareOfTheRequests() {
    for (int i = 0; i < 4; i++) {
      assertTrue(budget.takeForRetry());
    }
    assertFalse(budget.takeForRetry());
    for (int i = 0; i < 21; i++) {
      budget.earn();
    }
    assertTrue(budget.takeForRetry());
    assertTrue(budget.takeForRetry());
    assertFalse(budget.takeForRetry());
  }

  @Test
  void noMoreThanTheBurstIsSavedUp() {
    for (int i = 0; i < 1000; i++) {
      budget.earn();
    }
    assertEquals(4, budget.saved());
  }

  @Test
  void requestsAreHedgedWhileHalfOfTheBurstIsSaved() {
    assertTrue(budget.takeForRetry());
    assertTrue(budget.takeForRetry());
    assertTrue(budget.allowsHedge());
    assertTrue(budget.takeForRetry());
    assertFalse(budget.allowsHedge());
    for (int i = 0; i < 11; i++) {
      budget.earn();
    }
    assertTrue(budget.allowsHedge());
  }

  @Test
  void aShareBeyondOneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RetryBudget(1.5, 4));
    assertThrows(IllegalArgumentException.class, () -> new RetryBudget(0.1, 0));
  }
}
