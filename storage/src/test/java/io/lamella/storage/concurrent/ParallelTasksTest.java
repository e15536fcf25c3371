package io.lamella.storage.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTasksTest {
  @Test
  void atMostSoManyRunAtATimeAndTheResultsAreInOrder() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch both = new CountDownLatch(2);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      tasks.add(() -> {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        both.countDown();
        both.await();
        running.decrementAndGet();
        return number;
      });
    }

    List<Integer> results = ParallelTasks.run(tasks, 2);

    assertEquals(2, most.get());
    for (int i = 0; i < 100; i++) {
      assertEquals(i, results.get(i));
    }
  }

  @Test
  void oneAtATimeRunOnTheCallersThread() throws Exception {
    List<Callable<Thread>> tasks = List.of(Thread::currentThread, Thread::currentThread);

    ParallelTasks.run(tasks, 1).forEach(t -> assertSame(Thread.currentThread(), t));
  }

  @Test
  void noTasksHaveNoResults() throws Exception {
    assertTrue(ParallelTasks.run(List.<Callable<Integer>>of(), 4).isEmpty());
  }

  @Test
  void aFailureEndsTheOthers() {
    AtomicInteger begun = new AtomicInteger();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      boolean fails = i == 1;
      tasks.add(() -> {
        begun.incrementAndGet();
        if (fails) {
          throw new IOException("of the second one");
        }
        new CountDownLatch(1).await();
        return 0;
      });
    }

    IOException e = assertThrows(IOException.class, () -> ParallelTasks.run(tasks, 3));

    assertEquals("of the second one", e.getMessage());
    assertTrue(begun.get() <= 4, begun + " begun");
  }
}
