package io.lamella.storage.concurrent;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Unwraps the failure of a task for the thread that waits for its result.
public final class TaskFailure {
  private TaskFailure() {}

  /// The cause of an [ExecutionException] where it is an [IOException]; unchecked exceptions and
  /// errors are thrown as they are.
  ///
  /// @throws IllegalStateException around any other checked exception
  public static IOException of(ExecutionException e) {
    return of(e.getCause());
  }

  /// The failure where it is of a type that the waiting thread may throw; otherwise as [#of].
  ///
  /// @throws IllegalStateException around any other checked exception
  public static <X extends IOException> X of(ExecutionException e, Class<X> type) {
    if (type.isInstance(e.getCause())) {
      return type.cast(e.getCause());
    }
    throw new IllegalStateException(of(e));
  }

  /// As [#of], for a cause that is already unwrapped.
  public static IOException of(@Nullable Throwable cause) {
    return switch (cause) {
      case IOException io -> io;
      case RuntimeException r -> throw r;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException(cause);
    };
  }
}
