package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyQuantilesTest {
  private final LatencyQuantiles latencies = new LatencyQuantiles();

  @Test
  void onlyRecentLatenciesCount() {
    for (int i = 0; i < 1000; i++) {
      latencies.add(100, 1_000_000);
    }
    for (int i = 128; i > 0; i--) {
      latencies.add(100, i);
    }

    assertArrayEquals(LongStream.rangeClosed(1, 128).toArray(), latencies.sorted(200));
  }

  @Test
  void theNearestSizeWithEnoughLatenciesIsUsed() {
    for (int i = 0; i < LatencyQuantiles.MIN_LATENCIES - 1; i++) {
      latencies.add(300_000, 5);
    }
    assertEquals(0, latencies.sorted(300_000).length);
    for (int i = 0; i < LatencyQuantiles.MIN_LATENCIES; i++) {
      latencies.add(100, 7);
    }

    assertEquals(7, latencies.sorted(300_000)[0]);
    latencies.add(300_000, 5);
    assertEquals(5, latencies.sorted(300_000)[0]);
  }
}
