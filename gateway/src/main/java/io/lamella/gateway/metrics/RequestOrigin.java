package io.lamella.gateway.metrics;

import java.util.Optional;

/// What the current thread sends requests for, so that the store at the end of the chain can count
/// each request, retries and hedged requests included, for the query that caused it.
///
/// @param account that requests are counted on, if there is one
/// @param hedge true for hedged requests
public record RequestOrigin(Optional<Account> account, boolean hedge) {
  private static final ScopedValue<RequestOrigin> CURRENT = ScopedValue.newInstance();
  private static final RequestOrigin UNKNOWN = new RequestOrigin(Optional.empty(), false);

  /// Where requests are counted.
  @FunctionalInterface
  public interface Account {
    void charge(RequestKind kind, double dollars);
  }

  /// The origin of what the current thread does.
  public static RequestOrigin current() {
    return CURRENT.orElse(UNKNOWN);
  }

  /// The same query's hedged requests.
  public RequestOrigin hedged() {
    return new RequestOrigin(account, true);
  }

  /// Runs a task whose requests have this origin; its threads must be given it as well.
  public <T, X extends Exception> T call(ThrowingTask<T, X> task) throws X {
    return ScopedValue.where(CURRENT, this).call(task::run);
  }

  /// A task that throws one kind of checked exception.
  @FunctionalInterface
  public interface ThrowingTask<T, X extends Exception> {
    T run() throws X;
  }
}
