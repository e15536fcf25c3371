package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.fetch.CircuitBreaker.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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

  private boolean allowsRequest() {
    return breaker.request() != Permit.NONE;
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      Permit permit = breaker.request();
      assertNotEquals(Permit.NONE, permit);
      breaker.failed(permit);
    }
  }

  @Test
  void theBreakerOpensAfterFailuresInARow() {
    fail(2);
    breaker.succeeded(breaker.request());
    fail(3);
    assertTrue(breaker.isOpen());
    assertFalse(allowsRequest());
  }

  @Test
  void oneRequestProbesAfterThePauseAndItsSuccessClosesTheBreaker() {
    fail(3);
    pass(9);
    assertFalse(allowsRequest());
    pass(1);
    Permit probe = breaker.request();
    assertEquals(Permit.PROBE, probe);
    assertFalse(allowsRequest(), "one probe at a time");
    breaker.succeeded(probe);
    assertFalse(breaker.isOpen());
    assertTrue(allowsRequest() && allowsRequest());
  }

  @Test
  void anAbandonedProbeLeavesTheNextRequestToProbe() {
    fail(3);
    pass(10);
    breaker.abandoned(breaker.request());
    assertTrue(allowsRequest());
  }

  @Test
  void eachPauseIsTwiceTheLastUpToTheLimit() {
    fail(3);
    for (int pause : new int[] {10, 20, 25, 25}) {
      pass(pause - 1);
      assertFalse(allowsRequest(), () -> "before " + pause + " s");
      pass(1);
      Permit probe = breaker.request();
      assertEquals(Permit.PROBE, probe, () -> "after " + pause + " s");
      breaker.failed(probe);
    }
  }

  @Test
  void aSuccessResetsThePause() {
    fail(3);
    pass(10);
    fail(1);
    pass(20);
    breaker.succeeded(breaker.request());
    fail(3);
    pass(10);
    assertTrue(allowsRequest());
  }

  @Test
  void failuresOfEarlierRequestsDoNotProlongThePause() {
    fail(3);
    breaker.failed(Permit.ORDINARY);
    breaker.failed(Permit.ORDINARY);
    pass(10);
    assertTrue(allowsRequest());
  }

  @Test
  void onlyTheProbeChangesAnOpenBreaker() {
    fail(3);
    pass(10);
    Permit probe = breaker.request();
    breaker.failed(Permit.ORDINARY);
    breaker.abandoned(Permit.ORDINARY);
    assertFalse(allowsRequest(), "the probe still runs");
    breaker.succeeded(Permit.ORDINARY);
    assertTrue(breaker.isOpen());
    breaker.succeeded(probe);
    assertFalse(breaker.isOpen());
  }

  @Test
  void aPauseOfDaysThatTheServerAsksForIsNotTakenFromItsWord() {
    fail(2);
    breaker.failed(breaker.request(), Optional.of(Duration.ofDays(10)));
    pass(59);
    assertFalse(allowsRequest());
    pass(1);
    assertTrue(allowsRequest());
  }
}
