package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EscapedNameTest {
  @Test
  void escapesAreReplaced() {
    assertEquals("a.b", EscapedName.unescape("U__a_2e_b"));
    assertEquals("a_b", EscapedName.unescape("U__a__b"));
    assertEquals("\ud83d\ude00", EscapedName.unescape("U___1f600_"));
    assertEquals("\ud83d\ude00", EscapedName.unescape("U___1F600_"));
    assertEquals("", EscapedName.unescape("U__"));
  }

  @Test
  void anInvalidEscapeIsReturnedUnchanged() {
    for (String s : List.of("U__a_", "U__a_2e", "U__a_2g_", "U__a_110000_", "U__a_d800_")) {
      assertEquals(s, EscapedName.unescape(s));
    }
  }
}
