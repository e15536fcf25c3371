package io.lamella.gateway.fetch;

import static io.lamella.gateway.fetch.HeldObjectStore.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadSchedulerTest {
  private final List<String> passed = Collections.synchronizedList(new ArrayList<>());
  private final FakeTimer timer = new FakeTimer();

  /// Time that passes when the test says so.
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

  /// Enters on a thread of its own; names of queries are interned, so that they are one query.
  private Thread enter(ReadScheduler gate, String query, long bytes) {
    int before = gate.waiting() + gate.running();
    Thread t =
        Thread.ofVirtual()
            .start(() -> {
              try {
                gate.enter(query, bytes);
                passed.add(query);
              } catch (InterruptedException e) {
                passed.add(query + " gave up");
              }
            });
    until(() -> gate.waiting() + gate.running() > before);
    return t;
  }

  private void untilPassed(int count) {
    until(() -> passed.size() == count);
  }

  @Test
  void noMorePassThanMay() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(2, 0), timer);
    for (int i = 0; i < 5; i++) {
      enter(gate, "q", 1);
    }

    assertEquals(2, gate.running());
    assertEquals(3, gate.waiting());
    gate.leave("q");
    untilPassed(3);
    assertEquals(2, gate.running());
  }

  @Test
  void aNarrowQueryDoesNotStandBehindABroadOne() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(4, 0), timer);
    for (int i = 0; i < 100; i++) {
      enter(gate, "broad", 1);
    }
    enter(gate, "narrow", 1);
    enter(gate, "narrow", 1);
    untilPassed(4);

    gate.leave("broad");
    untilPassed(5);
    gate.leave("broad");
    untilPassed(6);

    assertEquals(List.of("narrow", "narrow"), passed.subList(4, 6));
  }

  @Test
  void queriesShareEvenly() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(4, 0), timer);
    for (int i = 0; i < 20; i++) {
      enter(gate, "a", 1);
    }
    for (int i = 0; i < 20; i++) {
      enter(gate, "b", 1);
    }
    for (int i = 0; i < 4; i++) {
      gate.leave("a");
      int n = 5 + i;
      untilPassed(n);
    }

    assertEquals(4, gate.running());
    assertEquals(2, passed.subList(4, 8).stream().filter("b"::equals).count(), passed::toString);
  }

  private Thread enterAhead(
      ReadScheduler gate, String line, AtomicReference<ReadPriority> urgency) {
    int before = gate.waiting() + gate.running();
    Thread t =
        Thread.ofVirtual()
            .start(() -> {
              try {
                gate.enter(line, urgency::get, 1);
                passed.add(line);
              } catch (InterruptedException e) {
                passed.add(line + " gave up");
              }
            });
    until(() -> gate.waiting() + gate.running() > before);
    return t;
  }

  @Test
  void whatNobodyWaitsForPassesWhenNoQueryWaits() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(1, 0), timer);
    enter(gate, "q", 1);
    enterAhead(gate, "ahead", new AtomicReference<>(ReadPriority.PREFETCH));
    for (int i = 0; i < 5; i++) {
      enter(gate, "q", 1);
    }
    for (int i = 2; i <= 6; i++) {
      gate.leave("q");
      untilPassed(i);
    }
    assertEquals(Collections.nCopies(6, "q"), passed);

    gate.leave("q");
    untilPassed(7);
    assertEquals("ahead", passed.getLast());
    gate.leave("ahead");
    enterAhead(gate, "ahead", new AtomicReference<>(ReadPriority.PREFETCH));
    untilPassed(8);
  }

  @Test
  void whatAQueryComesToWaitForIsAQuerysRead() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(1, 0), timer);
    AtomicReference<ReadPriority> urgency = new AtomicReference<>(ReadPriority.PREFETCH);
    enter(gate, "q", 1);
    enterAhead(gate, "ahead", urgency);
    enter(gate, "r", 1);
    enter(gate, "s", 1);
    urgency.set(ReadPriority.QUERY);

    gate.leave("q");
    untilPassed(2);

    assertEquals(List.of("q", "ahead"), passed);
  }

  @Test
  void bytesPassAtTheirRate() {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(100, 1000), timer);
    for (int i = 0; i < 10; i++) {
      enter(gate, "q", 500);
    }
    // 250 bytes lie ready; the first read takes them and 250 more on credit.
    untilPassed(1);

    timer.pass(240);
    assertEquals(1, gate.running());
    timer.pass(20);
    untilPassed(2);
    timer.pass(2000);
    // However long nothing passes, no more than a quarter of a second is saved up.
    untilPassed(3);
    assertEquals(7, gate.waiting());
  }

  @Test
  void whoGivesUpWaitingIsForgotten() throws Exception {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(1, 0), timer);
    enter(gate, "a", 1);
    Thread waiting = enter(gate, "b", 1);

    waiting.interrupt();
    waiting.join();

    assertEquals(0, gate.waiting());
    gate.leave("a");
    assertEquals(0, gate.running());
    enter(gate, "c", 1);
    untilPassed(3);
  }

  @Test
  void underInterruptsNoPlaceIsLost() throws Exception {
    ReadScheduler gate = new ReadScheduler(new ReadScheduler.Limits(3, 0));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String query = "q" + i % 7;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  gate.enter(query, 10);
                  Thread.yield();
                  gate.leave(query);
                } catch (InterruptedException e) {
                  passed.add("gave up");
                }
              }));
      if (i % 3 == 0) {
        threads.get(i / 2).interrupt();
      }
    }
    for (Thread t : threads) {
      t.join();
    }

    assertEquals(0, gate.running());
    assertEquals(0, gate.waiting());
    assertTrue(passed.size() < 2000);
  }
}
