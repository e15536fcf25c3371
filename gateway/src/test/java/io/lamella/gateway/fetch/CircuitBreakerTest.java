package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private Instant now = Instant.EPOCH;
  private final CircuitBreaker breaker =
      new CircuitBreaker(
          new CircuitBreaker.Thresholds(3, Duration.ofSeconds(10), Duration.ofSeconds(25)),
          () -> now);

  private void pass(int seconds) {
    now = now.plusSeconds(seconds);
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertTrue(breaker.allowsRequest());
      breaker.failed();
    }
  }

  @Test
  void theBreakerOpensAfterFailuresInARow() {
    fail(2);
    assertTrue(breaker.allowsRequest());
    breaker.succeeded();
    fail(3);
    assertTrue(breaker.isOpen());
    assertFalse(breaker.allowsRequest());
  }

  @Test
  void oneRequestProbesAfterThePauseAndItsSuccessClosesTheBreaker() {
    fail(3);
    pass(9);
    assertFalse(breaker.allowsRequest());
    pass(1);
    assertTrue(breaker.allowsRequest());
    assertFalse(breaker.allowsRequest(), "one probe at a time");
    breaker.succeeded();
    assertFalse(breaker.isOpen());
    assertTrue(breaker.allowsRequest() && breaker.allowsRequest());
  }

  @Test
  void anAbandonedProbeLeavesTheNextRequestToProbe() {
    fail(3);
    pass(10);
    assertTrue(breaker.allowsRequest());
    breaker.abandoned();
    assertTrue(breaker.allowsRequest());
  }

  @Test
  void eachPauseIsTwiceTheLastUpToTheLimit() {
    fail(3);
    for (int pause : new int[] {10, 20, 25, 25}) {
      pass(pause - 1);
      assertFalse(breaker.allowsRequest(), () -> "before " + pause + " s");
      pass(1);
      assertTrue(breaker.allowsRequest(), () -> "after " + pause + " s");
      breaker.failed();
    }
  }

  @Test
  void aSuccessResetsThePause() {
    fail(3);
    pass(10);
    fail(1);
    pass(20);
    assertTrue(breaker.allowsRequest());
    breaker.succeeded();
    fail(3);
    pass(10);
    assertTrue(breaker.allowsRequest());
  }

  @Test
  void failuresOfEarlierRequestsDoNotProlongThePause() {
    fail(3);
    breaker.failed();
    breaker.failed();
    pass(10);
    assertTrue(breaker.allowsRequest());
  }
}
