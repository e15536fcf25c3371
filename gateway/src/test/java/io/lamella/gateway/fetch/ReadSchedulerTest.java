package io.lamella.gateway.fetch;

import static io.lamella.gateway.fetch.HeldObjectStore.awaitCondition;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadSchedulerTest {
  private final List<String> started = Collections.synchronizedList(new ArrayList<>());
  private final FakeTimer timer = new FakeTimer();

  /// Time that the test controls.
  private static final class FakeTimer implements ReadScheduler.Timer {
    private record Task(long at, Runnable run) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000;

    @Override
    public synchronized long nanos() {
      return now;
    }

    @Override
    public synchronized void after(long nanos, Runnable task) {
      tasks.add(new Task(now + nanos, task));
    }

    void pass(long millis) {
      List<Runnable> due = new ArrayList<>();
      synchronized (this) {
        now += millis * 1_000_000;
        tasks.removeIf(t -> t.at() <= now && due.add(t.run()));
      }
      due.forEach(Runnable::run);
    }
  }

  /// Acquires a permit on a thread of its own.
  private Thread acquire(ReadScheduler scheduler, String query, long bytes) {
    int before = scheduler.waiting() + scheduler.running();
    Thread t =
        Thread.ofVirtual()
            .start(() -> {
              try {
                scheduler.acquire(query, bytes);
                started.add(query);
              } catch (InterruptedException e) {
                started.add(query + " was interrupted");
              }
            });
    awaitCondition(() -> scheduler.waiting() + scheduler.running() > before);
    return t;
  }

  private void untilStarted(int count) {
    awaitCondition(() -> started.size() == count);
  }

  @Test
  void noMoreReadsRunThanTheLimit() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(2, 0), timer);
    for (int i = 0; i < 5; i++) {
      acquire(scheduler, "q", 1);
    }

    assertEquals(2, scheduler.running());
    assertEquals(3, scheduler.waiting());
    scheduler.release("q");
    untilStarted(3);
    assertEquals(2, scheduler.running());
  }

  @Test
  void aNarrowQueryDoesNotWaitBehindABroadOne() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(4, 0), timer);
    for (int i = 0; i < 100; i++) {
      acquire(scheduler, "broad", 1);
    }
    acquire(scheduler, "narrow", 1);
    acquire(scheduler, "narrow", 1);
    untilStarted(4);

    scheduler.release("broad");
    untilStarted(5);
    scheduler.release("broad");
    untilStarted(6);

    assertEquals(List.of("narrow", "narrow"), started.subList(4, 6));
  }

  @Test
  void queriesShareEvenly() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(4, 0), timer);
    for (int i = 0; i < 20; i++) {
      acquire(scheduler, "a", 1);
    }
    for (int i = 0; i < 20; i++) {
      acquire(scheduler, "b", 1);
    }
    for (int i = 0; i < 4; i++) {
      scheduler.release("a");
      int n = 5 + i;
      untilStarted(n);
    }

    assertEquals(4, scheduler.running());
    assertEquals(2, started.subList(4, 8).stream().filter("b"::equals).count(), started::toString);
  }

  private Thread acquirePrefetch(
      ReadScheduler scheduler, String reads, AtomicReference<ReadPriority> priority) {
    int before = scheduler.waiting() + scheduler.running();
    Thread t =
        Thread.ofVirtual()
            .start(() -> {
              try {
                scheduler.acquire(reads, priority::get, 1);
                started.add(reads);
              } catch (InterruptedException e) {
                started.add(reads + " was interrupted");
              }
            });
    awaitCondition(() -> scheduler.waiting() + scheduler.running() > before);
    return t;
  }

  @Test
  void prefetchesRunWhenNoQueryWaits() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(1, 0), timer);
    acquire(scheduler, "q", 1);
    acquirePrefetch(scheduler, "prefetch", new AtomicReference<>(ReadPriority.PREFETCH));
    for (int i = 0; i < 5; i++) {
      acquire(scheduler, "q", 1);
    }
    for (int i = 2; i <= 6; i++) {
      scheduler.release("q");
      untilStarted(i);
    }
    assertEquals(Collections.nCopies(6, "q"), started);

    scheduler.release("q");
    untilStarted(7);
    assertEquals("prefetch", started.getLast());
    scheduler.release("prefetch");
    acquirePrefetch(scheduler, "prefetch", new AtomicReference<>(ReadPriority.PREFETCH));
    untilStarted(8);
  }

  @Test
  void aPrefetchThatAQueryWaitsForIsAsUrgentAsTheQuery() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(1, 0), timer);
    AtomicReference<ReadPriority> priority = new AtomicReference<>(ReadPriority.PREFETCH);
    acquire(scheduler, "q", 1);
    acquirePrefetch(scheduler, "prefetch", priority);
    acquire(scheduler, "r", 1);
    acquire(scheduler, "s", 1);
    priority.set(ReadPriority.QUERY);

    scheduler.release("q");
    untilStarted(2);

    assertEquals(List.of("q", "prefetch"), started);
  }

  @Test
  void bandwidthIsLimited() {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(100, 1000), timer);
    for (int i = 0; i < 10; i++) {
      acquire(scheduler, "q", 500);
    }
    // The bucket holds 250 bytes; the first read takes them and goes 250 into debt.
    untilStarted(1);

    timer.pass(240);
    assertEquals(1, scheduler.running());
    timer.pass(20);
    untilStarted(2);
    timer.pass(2000);
    // The bucket never holds more than the bytes of a quarter of a second.
    untilStarted(3);
    assertEquals(7, scheduler.waiting());
  }

  @Test
  void aReadThatStopsWaitingLeavesTheQueue() throws Exception {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(1, 0), timer);
    acquire(scheduler, "a", 1);
    Thread waiting = acquire(scheduler, "b", 1);

    waiting.interrupt();
    waiting.join();

    assertEquals(0, scheduler.waiting());
    scheduler.release("a");
    assertEquals(0, scheduler.running());
    acquire(scheduler, "c", 1);
    untilStarted(3);
  }

  @Test
  void interruptsLoseNoPermit() throws Exception {
    ReadScheduler scheduler = new ReadScheduler(new ReadScheduler.ReadLimits(3, 0));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String query = "q" + i % 7;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  scheduler.acquire(query, 10);
                  Thread.yield();
                  scheduler.release(query);
                } catch (InterruptedException e) {
                  started.add("was interrupted");
                }
              }));
      if (i % 3 == 0) {
        threads.get(i / 2).interrupt();
      }
    }
    for (Thread t : threads) {
      t.join();
    }

    assertEquals(0, scheduler.running());
    assertEquals(0, scheduler.waiting());
    assertTrue(started.size() < 2000);
  }
}
