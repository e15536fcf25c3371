package io.lamella.gateway.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Latencies are drawn as the store of the benchmark has them: log-normal, 40 ms at the median and
/// 250 ms at the 99th percentile.
class HedgeDelaysTest {
  private static final long SMALL = 4 << 10;
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Random random = new Random(3);
  private final HedgeDelays delays = new HedgeDelays(0.1, 25 * MILLI);

  private long latency() {
    return (long) (40 * MILLI * Math.exp(0.788 * random.nextGaussian()));
  }

  private long[] latencies() {
    long[] all = new long[4000];
    for (int i = 0; i < all.length; i++) {
      all[i] = latency();
    }
    Arrays.sort(all);
    return all;
  }

  private void measure(int reads) {
    for (int i = 0; i < reads; i++) {
      delays.add(SMALL, latency());
    }
  }

  private int hedgedOf(int reads) {
    int hedged = 0;
    for (int i = 0; i < reads; i++) {
      long latency = latency();
      if (delays.delay(SMALL, 1).orElse(Long.MAX_VALUE) < latency) {
        hedged++;
      }
      delays.add(SMALL, latency);
    }
    return hedged;
  }

  @Test
  void theCheaperARequestTheEarlierItIsHedged() {
    long[] all = latencies();
    double generous = HedgeGain.bestQuantile(all, 1, 1, MILLI);
    double usual = HedgeGain.bestQuantile(all, 1, 1, 25 * MILLI);

    assertTrue(generous <= 0.25, "hedged from " + generous);
    assertTrue(usual >= 0.8 && usual < HedgeGain.OFF, "hedged from " + usual);
    assertEquals(HedgeGain.OFF, HedgeGain.bestQuantile(all, 1, 1, 1000 * MILLI));
  }

  @Test
  void theReadsOfALargeBatchAreHedgedLate() {
    long[] all = latencies();
    double single = HedgeGain.bestQuantile(all, 1, 1, 10 * MILLI);
    double batch = HedgeGain.bestQuantile(all, 32, 1, 10 * MILLI);

    assertTrue(batch > single, "32 reads from " + batch + ", one from " + single);
    assertTrue(batch < HedgeGain.OFF);
  }

  @Test
  void storesWithoutSlowReadsAreNotHedged() {
    long[] even = new long[128];
    Arrays.fill(even, 40 * MILLI);

    assertEquals(HedgeGain.OFF, HedgeGain.bestQuantile(even, 1, 1, MILLI));
  }

  @Test
  void whatIsCalculatedIsWhatIndependentRequestsSave() {
    long[] all = Arrays.stream(latencies()).limit(4000).toArray();
    long delay = HedgeGain.quantile(all, 0.8);
    double sum = 0;
    int slow = 0;
    for (int i = 0; i < 200_000; i++) {
      long first = latency();
      if (first > delay) {
        slow++;
        sum += Math.max(0, first - delay - latency());
      }
    }
    assertEquals(1, HedgeGain.meanSaving(all, delay) / (sum / slow), 0.1);
  }

  @Test
  void hedgedRequestsThatSaveWhatWasCalculatedGoOn() {
    measure(256);
    for (int i = 0; i < 200; i++) {
      delays.saved(30 * MILLI, 30 * MILLI);
    }
    measure(64);

    int hedged = hedgedOf(1000);
    assertTrue(hedged > 50 && hedged < 250, hedged + " of 1000 hedged");
  }

  @Test
  void whereASecondReadOfTheSameObjectIsSlowTooHedgingStopsButForProbes() {
    measure(256);
    int before = hedgedOf(1000);
    for (int i = 0; i < 100; i++) {
      delays.saved(30 * MILLI, 0);
    }
    measure(64);

    int after = hedgedOf(1000);
    assertTrue(before > 50, before + " hedged at first");
    assertTrue(after > 0 && after <= 30, after + " of 1000 hedged where it saves nothing");
  }

  @Test
  void slowReadsAreHedgedUntilItIsMeasuredWhetherThatPays() {
    for (int i = 0; i < 30; i++) {
      delays.add(SMALL, (60 + i) * MILLI);
    }
    for (int i = 0; i < HedgeDelays.ENOUGH_MEASURED; i++) {
      assertEquals(84 * MILLI, delays.delay(SMALL, 1).orElseThrow(), "read " + i);
      delays.saved(0, 0);
    }

    assertEquals(HedgeDelays.PROBE_EVERY, readsUntilTheNextHedge());
  }

  private int readsUntilTheNextHedge() {
    delays.delay(SMALL, 1);
    while (delays.delay(SMALL, 1).isEmpty()) {}
    int reads = 1;
    while (delays.delay(SMALL, 1).isEmpty()) {
      reads++;
    }
    return reads;
  }

  @Test
  void whereProbesSaveTimeAgainHedgingResumes() {
    measure(256);
    for (int i = 0; i < 100; i++) {
      delays.saved(30 * MILLI, 0);
    }
    for (int i = 0; i < 60; i++) {
      delays.saved(30 * MILLI, 30 * MILLI);
    }
    measure(64);

    assertTrue(hedgedOf(1000) > 50);
  }

  @Test
  void noReadIsHedgedBeforeTheQuantileThatIsAllowed() {
    HedgeDelays late = new HedgeDelays(0.95, MILLI);
    for (int i = 1; i <= 128; i++) {
      late.add(SMALL, i * MILLI);
    }

    assertTrue(late.delay(SMALL, 1).orElseThrow() >= 122 * MILLI);
    assertEquals(0.95, late.quantile(SMALL));
  }

  @Test
  void noReadIsHedgedBeforeEnoughLatenciesAreMeasured() {
    measure(LatencyQuantiles.MIN_LATENCIES - 1);

    assertTrue(delays.delay(SMALL, 1).isEmpty());
  }
}
