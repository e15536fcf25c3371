package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyQuantilesTest {
  @Test
  void quantilesAreThoseOfRecentReadsOfASize() {
    LatencyQuantiles q = new LatencyQuantiles();
    assertTrue(q.quantile(100, 0.5).isEmpty());
    for (int i = 0; i < 1000; i++) {
      q.add(100, 1_000_000);
    }
    for (int i = 1; i <= 128; i++) {
      q.add(100, i);
    }

    assertEquals(65, q.quantile(200, 0.5).orElseThrow());
    assertEquals(90, q.quantile(4096, 0.7).orElseThrow());
    assertEquals(128, q.quantile(1, 1).orElseThrow());
    assertEquals(65, q.quantile(5000, 0.5).orElseThrow());
    for (int i = 0; i < 10_000; i++) {
      q.add(5000, 7);
    }
    assertEquals(7, q.quantile(16_000, 0.5).orElseThrow());
  }
}
