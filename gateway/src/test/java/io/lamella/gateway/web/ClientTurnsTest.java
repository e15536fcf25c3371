package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientTurnsTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final ClientTurns turns = new ClientTurns(2);

  @Test
  void aClientHasOnePermitAtATime() throws Exception {
    assertTrue(turns.tryAcquire("a", SHORT));
    assertFalse(turns.tryAcquire("a", SHORT));
    assertTrue(turns.tryAcquire("b", SHORT));

    turns.release("a");
    assertTrue(turns.tryAcquire("a", SHORT));
  }

  @Test
  void allClientsTogetherHaveThePermits() throws Exception {
    assertTrue(turns.tryAcquire("a", SHORT));
    assertTrue(turns.tryAcquire("b", SHORT));
    assertFalse(turns.tryAcquire("c", SHORT));

    turns.release("a");
    assertTrue(turns.tryAcquire("c", SHORT));
  }

  @Test
  void clientsThatAskForNothingAreForgotten() throws Exception {
    for (int i = 0; i < 10; i++) {
      turns.tryAcquire("client " + i, SHORT);
    }
    assertEquals(2, turns.size());

    turns.release("client 0");
    turns.release("client 1");
    assertEquals(0, turns.size());
  }

  @Test
  void whoIsInterruptedWhileWaitingLeavesNothing() throws Exception {
    assertTrue(turns.tryAcquire("a", SHORT));
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> turns.tryAcquire("b", SHORT));
    turns.release("a");
    assertEquals(0, turns.size());
  }
}
