package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class ClientNameTest {
  @Test
  void theAddressesOfAnIpv6NetworkAreOneClient() {
    assertEquals(
        ClientName.network("[2001:db8:1:2:3:4:5:6]"), ClientName.network("2001:db8:1:2::9"));
    assertNotEquals(
        ClientName.network("2001:db8:1:2:3:4:5:6"), ClientName.network("2001:db8:1:3:3:4:5:6"));
  }

  @Test
  void otherAddressesAreClientsOfTheirOwn() {
    assertEquals("192.0.2.7", ClientName.network("192.0.2.7"));
    assertEquals("192.0.2.7", ClientName.network("::ffff:192.0.2.7"));
    assertEquals("a:b", ClientName.network("a:b"));
  }
}
