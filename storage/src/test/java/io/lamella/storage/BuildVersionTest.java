package io.lamella.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BuildVersionTest {
  @Test
  void theVersionIsTheNumberInThePom() {
    assertTrue(BuildVersion.NUMBER.matches("\\d+\\.\\d+\\.\\d+"), BuildVersion.NUMBER);
  }
}
