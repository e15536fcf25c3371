package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A rate of requests, with bursts.
class RequestLimiterTest {
  private static final RequestRate RATE = new RequestRate(Duration.ofSeconds(1), 3);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final RequestLimiter limiter = new RequestLimiter(nanos::get);

  private int granted(int requests) {
    int out = 0;
    for (int i = 0; i < requests; i++) {
      out += limiter.tryAcquire(RATE) ? 1 : 0;
    }
    return out;
  }

  @Test
  void aBurstIsGrantedAndThenOneEachInterval() {
    assertEquals(3, granted(10));
    nanos.addAndGet(Duration.ofMillis(999).toNanos());
    assertEquals(0, granted(10));
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertEquals(1, granted(10));
    nanos.addAndGet(Duration.ofMillis(2500).toNanos());
    assertEquals(2, granted(10));
  }

  @Test
  void aPauseGrantsNoMoreThanABurst() {
    granted(3);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertEquals(3, granted(10));
  }
}
