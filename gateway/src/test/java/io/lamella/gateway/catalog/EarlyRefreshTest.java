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
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final CountDownLatch held = new CountDownLatch(1);

  private void refresh() {
    begun.incrementAndGet();
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final EarlyRefresh early = new EarlyRefresh(this::refresh, nanos::get);

  private Thread ask() {
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
  void queriesThatAskAtOnceShareOneRefresh() throws Exception {
    List<Thread> queries = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      queries.add(ask());
    }
    pass(100);
    queries.add(ask());
    while (begun.get() == 0
        || queries.stream().anyMatch(t -> t.getState() != Thread.State.WAITING)) {
      Thread.yield();
    }
    held.countDown();
    for (Thread t : queries) {
      t.join();
    }
    assertEquals(1, begun.get());
  }

  @Test
  void refreshesDoNotFollowEachOtherAtOnce() throws Exception {
    held.countDown();
    early.await();
    pass(4);
    early.await();
    assertEquals(1, begun.get());

    pass(1);
    early.await();
    assertEquals(2, begun.get());
  }

  @Test
  void whoGivesUpDoesNotEndTheRefresh() throws Exception {
    Thread first = ask();
    while (first.getState() != Thread.State.WAITING) {
      Thread.yield();
    }
    Thread second = ask();
    first.interrupt();
    first.join();

    held.countDown();
    second.join();
    assertEquals(1, begun.get());
    assertTrue(first.isInterrupted() || !first.isAlive());
  }
}
