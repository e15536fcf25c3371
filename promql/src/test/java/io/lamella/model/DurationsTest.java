package io.lamella.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DurationsTest {
  @Test
  void leadingZerosDoNotCountHoweverMany() {
    String zeros = "0".repeat(150);

    assertEquals(1_000, Durations.parseMillis(zeros + "1s"));
    assertEquals(60_000, Durations.parseMillis(zeros + "1m" + zeros + "s"));
  }

  @Test
  void aNumberOfMoreThanSixtyFourBitsIsInvalid() {
    assertEquals(
        "duration out of range",
        assertThrows(
                IllegalArgumentException.class, () -> Durations.parseNanos("18446744073709551615s"))
            .getMessage());
    assertEquals(
        "not a valid duration string: \"18446744073709551616s\"",
        assertThrows(
                IllegalArgumentException.class, () -> Durations.parseNanos("18446744073709551616s"))
            .getMessage());
  }
}
