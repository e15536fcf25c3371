package io.lamella.gateway.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EarlyRefreshTest {
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final CountDownLatch held = new CountDownLatch(1);

  private void refresh() {
    started.incrementAndGet();
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final EarlyRefresh early = new EarlyRefresh(this::refresh, nanos::get);

  private Thread query() {
    return Thread.startVirtualThread(() -> {
      try {
        early.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private void pass(int seconds) {
    nanos.addAndGet(seconds * 1_000_000_000L);
  }

  @Test
  void queriesAtTheSameTimeShareOneRefresh() throws Exception {
    List<Thread> queries = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      queries.add(query());
    }
    pass(100);
    queries.add(query());
    while (started.get() == 0
        || queries.stream().anyMatch(t -> t.getState() != Thread.State.WAITING)) {
      Thread.yield();
    }
    held.countDown();
    for (Thread t : queries) {
      t.join();
    }
    assertEquals(1, started.get());
  }

  @Test
  void refreshesStartSecondsApart() throws Exception {
    held.countDown();
    early.await();
    pass(4);
    early.await();
    assertEquals(1, started.get());

    pass(1);
    early.await();
    assertEquals(2, started.get());
  }

  @Test
  void aCancelledQueryDoesNotEndTheRefresh() throws Exception {
    Thread first = query();
    while (first.getState() != Thread.State.WAITING) {
      Thread.yield();
    }
    Thread second = query();
    first.interrupt();
    first.join();

    held.countDown();
    second.join();
    assertEquals(1, started.get());
    assertTrue(first.isInterrupted() || !first.isAlive());
  }
}
