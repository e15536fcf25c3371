package io.lamella.gateway.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

@Timeout(30)
class ScheduledTasksTest {
  /// A throwable of no class that anybody would catch by name.
  private static final class Unexpected extends Throwable {
    Unexpected() {
      super("a bug");
    }
  }

  private static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("a bug"),
        new StackOverflowError("a bug"),
        new NoClassDefFoundError("a bug"),
        new AssertionError("a bug"),
        new InterruptedException("a bug"),
        new Unexpected());
  }

  private static <X extends Throwable> void throwAs(Throwable t) throws X {
    @SuppressWarnings("unchecked")
    X x = (X) t;
    throw x;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aTaskRunsAgainWhateverItThrew(Throwable failure) throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    try (ScheduledTasks tasks = new ScheduledTasks("test")) {
      tasks.repeat(
          Duration.ofMillis(1),
          "fail",
          () -> {
            runs.countDown();
            ScheduledTasksTest.<RuntimeException>throwAs(failure);
          });

      assertTrue(runs.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aFailureIsLoggedWithItsTask() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(ScheduledTasks.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try (ScheduledTasks tasks = new ScheduledTasks("test")) {
      CountDownLatch next = new CountDownLatch(1);
      tasks.once(
          "fail once",
          () -> {
            throw new StackOverflowError("a bug");
          });
      tasks.once("count down", next::countDown);

      assertTrue(next.await(10, TimeUnit.SECONDS));
    } finally {
      logger.detachAppender(log);
    }

    // A task of another test may be at its last run.
    List<ILoggingEvent> own =
        log.list.stream().filter(e -> e.getFormattedMessage().contains("fail once")).toList();
    assertEquals(
        List.of("background task failed task=\"fail once\""),
        own.stream().map(ILoggingEvent::getFormattedMessage).toList());
    assertEquals("a bug", own.getFirst().getThrowableProxy().getMessage());
  }

  @Test
  void aTaskThatComesAfterTheEndIsNotRun() {
    ScheduledTasks tasks = new ScheduledTasks("test");
    CountDownLatch runs = new CountDownLatch(1);
    tasks.close();

    tasks.once("late", runs::countDown);

    assertEquals(1, runs.getCount());
  }
}
