package io.lamella.storage.concurrent;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class TaskFailureTest {
  private static ExecutionException around(Throwable cause) {
    return new ExecutionException(cause);
  }

  @Test
  void ioFailuresAreReturnedAndUncheckedOnesThrown() {
    IOException io = new IOException("io");
    RuntimeException unchecked = new IllegalArgumentException("unchecked");
    Error error = new AssertionError("error");

    assertSame(io, TaskFailure.of(around(io)));
    assertSame(
        unchecked,
        assertThrows(IllegalArgumentException.class, () -> TaskFailure.of(around(unchecked))));
    assertSame(error, assertThrows(AssertionError.class, () -> TaskFailure.of(around(error))));
    assertThrows(
        IllegalStateException.class, () -> TaskFailure.of(around(new InterruptedException())));
  }

  @Test
  void onlyFailuresOfTheTypeAreReturnedWhereOneIsGiven() {
    FileNotFoundException missing = new FileNotFoundException("missing");
    RuntimeException unchecked = new IllegalArgumentException("unchecked");

    assertSame(missing, TaskFailure.of(around(missing), FileNotFoundException.class));
    assertSame(
        unchecked,
        assertThrows(
            IllegalArgumentException.class,
            () -> TaskFailure.of(around(unchecked), FileNotFoundException.class)));
    assertThrows(
        IllegalStateException.class,
        () -> TaskFailure.of(around(new IOException("other")), FileNotFoundException.class));
  }
}
