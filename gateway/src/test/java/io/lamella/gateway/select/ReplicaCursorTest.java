package io.lamella.gateway.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.select.ReplicaCursor.Values;
import io.lamella.model.SampleColumns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Samples as `seconds:value`.
class ReplicaCursorTest {
  private static SampleColumns samples(String text) {
    SampleColumns out = new SampleColumns();
    for (String s : text.split(" ")) {
      String[] parts = s.split(":");
      out.add(Long.parseLong(parts[0]) * 1000, Double.parseDouble(parts[1]));
    }
    return out;
  }

  private static String read(Values values, String... replicas) {
    ReplicaCursor all =
        List.of(replicas).stream()
            .map(r -> ReplicaCursor.of(samples(r), values))
            .reduce(ReplicaCursor::of)
            .orElseThrow();
    List<String> out = new ArrayList<>();
    boolean has = all.seek(Long.MIN_VALUE);
    while (has) {
      out.add(all.time() / 1000 + ":" + (long) all.value());
      has = all.seek(all.time() + 1);
    }
    return String.join(" ", out);
  }

  @Test
  void theFirstReplicaIsReadWhileItHasNoGap() {
    assertEquals(
        "10:1 20:2 30:3 40:4",
        read(Values.OTHER, "10:1 20:2 30:3 40:4", "13:11 23:12 33:13 43:14"));
  }

  @Test
  void aGapIsFilledByTheOtherReplicaOnceTwoIntervalsHavePassed() {
    // After 30 the next of the other replica may be at 50 at the earliest.
    assertEquals(
        "10:1 20:2 30:3 53:15 63:16 73:17",
        read(Values.OTHER, "10:1 20:2 30:3 70:7", "13:11 23:12 33:13 43:14 53:15 63:16 73:17"));
  }

  @Test
  void whenOneReplicaEndsTheOtherGoesOn() {
    // Before there is an interval, 5 s must pass.
    assertEquals("10:1 23:12 33:13 43:14", read(Values.OTHER, "10:1", "13:11 23:12 33:13 43:14"));
  }

  @Test
  void aCounterDoesNotFallWhereTheReplicaChanges() {
    assertEquals(
        "10:100 20:110 30:120 53:120 63:125",
        read(Values.COUNTER, "10:100 20:110 30:120", "13:90 23:95 33:100 43:105 53:110 63:115"));
    assertEquals(
        "10:100 20:110 30:120 53:110 63:115",
        read(Values.OTHER, "10:100 20:110 30:120", "13:90 23:95 33:100 43:105 53:110 63:115"));
  }

  @Test
  void aThirdReplicaFillsTheGapsOfTheFirstTwo() {
    assertEquals(
        "10:1 20:2 45:103 55:104",
        read(Values.OTHER, "10:1 20:2", "11:11 21:12", "15:100 25:101 35:102 45:103 55:104"));
  }
}
