package io.lamella.gateway.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.web.PasswordCheck.Attempt;
import io.lamella.gateway.web.PasswordCheck.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// How often passwords are computed, and at whose cost.
class PasswordCheckTest {
  private static final String CHEAP = "$2y$04$" + "c".repeat(53);
  private static final String DEAR = "$2y$12$" + "d".repeat(53);
  private static final Map<String, String> USERS = Map.of("grafana", CHEAP, "admin", DEAR);

  private final List<String> computed = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final PasswordCheck check = check(Duration.ofSeconds(10));

  /// Takes "right" for the password of every hash.
  private PasswordCheck check(Duration maxWait) {
    return new PasswordCheck(
        (password, hash) -> {
          computed.add(hash);
          return new String(password).equals("right");
        },
        1,
        maxWait,
        nanos::get);
  }

  private static Attempt attempt(String user, String password) {
    return new Attempt("192.0.2.1", user, password);
  }

  @Test
  void onlyTheRightPasswordOfAUserPasses() throws Exception {
    assertEquals(Outcome.RIGHT, check.check(USERS, attempt("grafana", "right")));
    assertEquals(Outcome.WRONG, check.check(USERS, attempt("grafana", "wrong")));
    assertEquals(Outcome.WRONG, check.check(USERS, attempt("grafana", "")));
  }

  @Test
  void anUnknownUserCostsAComputationAndNeverPasses() throws Exception {
    assertEquals(Outcome.WRONG, check.check(USERS, attempt("nobody", "right")));
    assertEquals(List.of(DEAR), computed);
  }

  @Test
  void anOutcomeIsRememberedForMinutesOnly() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(Outcome.RIGHT, check.check(USERS, attempt("grafana", "right")));
      assertEquals(Outcome.WRONG, check.check(USERS, attempt("grafana", "wrong")));
    }
    assertEquals(2, computed.size());

    nanos.addAndGet(Duration.ofMinutes(6).toNanos());
    assertEquals(Outcome.RIGHT, check.check(USERS, attempt("grafana", "right")));
    assertEquals(3, computed.size());
  }

  @Test
  void aPasswordInUseIsNotComputedAgain() throws Exception {
    for (int minute = 0; minute < 60; minute++) {
      assertEquals(Outcome.RIGHT, check.check(USERS, attempt("grafana", "right")));
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    }
    assertEquals(1, computed.size());
  }

  @Test
  void guessesOfOneClientHoldUpAnotherByOneComputationAtMost() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    PasswordCheck slow =
        new PasswordCheck(
            (password, _) -> {
              order.add(new String(password));
              begun.countDown();
              await(mayEnd);
              return true;
            },
            1,
            Duration.ofSeconds(60),
            nanos::get);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Thread> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Attempt guess = new Attempt("192.0.2.66", "grafana", "guess " + i);
        waiting.add(begin(threads, () -> slow.check(USERS, guess)));
      }
      await(begun);
      Attempt right = new Attempt("192.0.2.7", "grafana", "right");
      waiting.add(begin(threads, () -> slow.check(USERS, right)));
      for (Thread t : waiting) {
        while (t.getState() != Thread.State.WAITING && t.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      mayEnd.countDown();
    }

    assertEquals(21, order.size());
    assertTrue(order.indexOf("right") <= 2, order::toString);
  }

  /// The thread that does it.
  private static Thread begin(ExecutorService threads, Callable<Outcome> work) throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    threads.submit(() -> {
      thread.complete(Thread.currentThread());
      return work.call();
    });
    return thread.get();
  }

  @Test
  void aChangedHashIsComputedAtOnce() throws Exception {
    check.check(USERS, attempt("grafana", "right"));
    check.check(Map.of("grafana", DEAR), attempt("grafana", "right"));

    assertEquals(List.of(CHEAP, DEAR), computed);
  }

  @Test
  void aRemovedUserDoesNotPassByTheHashOfAnother() throws Exception {
    Map<String, String> shared = Map.of("grafana", CHEAP, "prometheus", CHEAP);
    assertEquals(Outcome.RIGHT, check.check(shared, attempt("grafana", "right")));
    assertEquals(
        Outcome.WRONG, check.check(Map.of("prometheus", CHEAP), attempt("grafana", "right")));
  }

  @Test
  void guessesDoNotMakeRightPasswordsForgotten() throws Exception {
    check.check(USERS, attempt("grafana", "right"));
    for (int i = 0; i < 5000; i++) {
      check.check(USERS, attempt("grafana", "guess " + i));
    }
    int before = computed.size();

    assertEquals(Outcome.RIGHT, check.check(USERS, attempt("grafana", "right")));
    assertEquals(before, computed.size());
    // Guesses themselves are forgotten: what is remembered is bounded.
    check.check(USERS, attempt("grafana", "guess 0"));
    assertEquals(before + 1, computed.size());
  }

  @Test
  void aDashboardsRequestsAtOnceCostOneComputation() throws Exception {
    AtomicInteger computations = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    PasswordCheck slow =
        new PasswordCheck(
            (_, _) -> {
              computations.incrementAndGet();
              begun.countDown();
              await(mayEnd);
              return true;
            },
            1,
            Duration.ofSeconds(60),
            nanos::get);
    List<Future<Outcome>> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        outcomes.add(threads.submit(() -> slow.check(USERS, attempt("grafana", "right"))));
      }
      await(begun);
      mayEnd.countDown();
    }

    for (Future<Outcome> o : outcomes) {
      assertEquals(Outcome.RIGHT, o.get());
    }
    assertEquals(1, computations.get());
  }

  @Test
  void whoWaitsTooLongForAComputationIsToldSoWhileKnownPasswordsPass() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    PasswordCheck busy =
        new PasswordCheck(
            (password, _) -> {
              if (!new String(password).equals("right")) {
                begun.countDown();
                await(mayEnd);
              }
              return true;
            },
            1,
            Duration.ofMillis(1),
            nanos::get);
    busy.check(USERS, attempt("grafana", "right"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> guess = threads.submit(() -> busy.check(USERS, attempt("grafana", "guess")));
      await(begun);

      assertEquals(Outcome.BUSY, busy.check(USERS, attempt("admin", "another guess")));
      assertEquals(Outcome.RIGHT, busy.check(USERS, attempt("grafana", "right")));

      mayEnd.countDown();
      guess.get();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
