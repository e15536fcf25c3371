package io.lamella.gateway.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final Duration MAX_AGE = Duration.ofMinutes(5);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicBoolean storeAnswers = new AtomicBoolean(true);
  private final Readiness readiness = new Readiness(now::get, MAX_AGE, storeAnswers::get);

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  @Test
  void beforeTheFirstCatalogItIsNotReady() {
    assertEquals(Optional.of("the catalog has not been read yet"), readiness.obstacle());
  }

  @Test
  void anOldCatalogIsAnObstacleUntilTheNextGoodRefresh() {
    readiness.refreshed();
    pass(MAX_AGE);
    assertEquals(Optional.empty(), readiness.obstacle());

    pass(Duration.ofSeconds(1));
    assertEquals(
        Optional.of(
            "the last successful catalog refresh was 301 s ago, more than --catalog.max-age=300 s"),
        readiness.obstacle());

    readiness.refreshed();
    assertEquals(Optional.empty(), readiness.obstacle());
  }

  @Test
  void aStoreThatDoesNotAnswerIsAnObstacleUntilItAnswers() {
    readiness.refreshed();

    storeAnswers.set(false);
    assertEquals(Optional.of("the object store does not answer"), readiness.obstacle());

    storeAnswers.set(true);
    assertEquals(Optional.empty(), readiness.obstacle());
  }

  @Test
  void oneThatStopsIsNotReadyAnyMore() {
    readiness.refreshed();

    readiness.drain();

    assertEquals(Optional.of("the gateway is stopping"), readiness.obstacle());
  }
}
