package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.promql.QueryException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiParametersTest {
  private static ApiParameters of(String value) {
    return new ApiParameters(name -> value.isEmpty() ? List.of() : List.of(value), "");
  }

  @Test
  void timesAreSecondsOrDates() {
    assertEquals(1_500_123, of("1500.123").time("time"));
    assertEquals(1_500_000, of("1.5e3").time("time"));
    assertEquals(1_748_736_000_000L, of("2025-06-01T02:00:00+02:00").time("time"));
    assertEquals(ApiParameters.MIN_TIME, of("-292273086-05-16T16:47:06Z").time("time"));
  }

  @Test
  void hugeNumbersAreRefusedBeforeAnyArithmetic() {
    for (String s : List.of("1e16000000", "-1e999999999", "1e2147483647", "9".repeat(5000), "x")) {
      QueryException.BadQuery e =
          assertThrows(QueryException.BadQuery.class, () -> of(s).time("time"));
      assertEquals(
          "invalid parameter \"time\": cannot parse \"" + s + "\" to a valid timestamp",
          e.getMessage());
    }
    assertEquals(0, of("1e-16000000").time("time"));
  }

  @Test
  void durationsAreSecondsOrUnits() {
    assertEquals(90_000, of("1m30s").duration("step"));
    assertEquals(500, of("0.5").duration("step"));
    assertThrows(QueryException.BadQuery.class, () -> of("1e16000000").duration("step"));
    assertThrows(QueryException.BadQuery.class, () -> of("30s1m").duration("step"));
  }
}
