package io.lamella.bench.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Latencies and faults follow from the seed, with the shares and quantiles of the model.
class FaultModelTest {
  private static final int MANY = 100_000;

  private static List<RequestEffect> effects(String model, long seed, int n) {
    FaultModel faultModel = new FaultModel(StoreModel.of(model), seed);
    return Stream.generate(faultModel::next).limit(n).toList();
  }

  @Test
  void theSameSeedGivesTheSameEffects() {
    assertEquals(effects("faulty", 3, 1000), effects("faulty", 3, 1000));
    assertNotEquals(effects("faulty", 3, 1000), effects("faulty", 4, 1000));
  }

  @Test
  void firstBytesHaveTheQuantilesOfTheModel() {
    List<Long> nanos =
        new ArrayList<>(
            effects("r2-like", 1, MANY).stream().map(RequestEffect::firstByteNanos).toList());
    nanos.sort(Long::compare);

    assertEquals(40, nanos.get(MANY / 2) / 1e6, 1);
    assertEquals(250, nanos.get(MANY / 100 * 99) / 1e6, 10);
  }

  @Test
  void faultsHaveTheSharesOfTheModel() {
    Map<RequestEffect.Fault, Integer> counts = new EnumMap<>(RequestEffect.Fault.class);
    effects("faulty", 1, MANY).forEach(f -> counts.merge(f.fault(), 1, Integer::sum));

    assertEquals(
        0.010, counts.getOrDefault(RequestEffect.Fault.UNAVAILABLE, 0) / (double) MANY, 0.001);
    assertEquals(0.005, counts.getOrDefault(RequestEffect.Fault.CUT, 0) / (double) MANY, 0.001);
    assertEquals(
        0.002, counts.getOrDefault(RequestEffect.Fault.STALLED, 0) / (double) MANY, 0.0005);
    assertEquals(
        0.001, counts.getOrDefault(RequestEffect.Fault.WRONG_RANGE, 0) / (double) MANY, 0.0005);
  }

  @Test
  void theModelNoneHasNoLatencyAndNoFaults() {
    RequestEffect nothing = new RequestEffect(0, RequestEffect.Fault.NONE);

    assertEquals(List.of(nothing), effects("none", 1, 1000).stream().distinct().toList());
  }
}
