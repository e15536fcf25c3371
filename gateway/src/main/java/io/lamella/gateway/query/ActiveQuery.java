package io.lamella.gateway.query;

import io.lamella.gateway.limits.QueryBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A request from its arrival to the last byte of its response. Made by the thread that carries it
/// out, closed by the same thread; otherwise thread-safe.
public final class ActiveQuery implements QueryObserver, AutoCloseable {
  private final String id;
  private final Origin origin;
  private final ActiveQueries all;
  private final Instant started = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final Thread thread = Thread.currentThread();
  private volatile Optional<Expression> expression = Optional.empty();
  private volatile Optional<QueryBudget> budget = Optional.empty();
  private volatile State state = State.WAITING;
  private volatile BooleanSupplier takenSlowly = () -> false;
  private Optional<KilledBy> killed = Optional.empty();
  private boolean ended;

  /// What the request waits for, or does.
  public enum State {
    /// For a permit.
    WAITING,
    RUNNING,
    /// Its response is being written.
    SENDING
  }

  /// Why a query ended that neither succeeded nor failed.
  public enum KilledBy {
    ADMINISTRATOR("query was killed by an administrator"),
    STOP("query was cut off because the gateway is stopping");

    private final String text;

    KilledBy(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// Who asked, and how.
  ///
  /// @param client its address
  /// @param tenant empty where there are no tenants
  public record Origin(String client, String method, String path, Optional<String> tenant) {
    public Origin(String client, String method, String path) {
      this(client, method, path, Optional.empty());
    }
  }

  /// An expression and its steps; a step of 0 is an instant.
  public record Expression(String text, long startMillis, long endMillis, long stepMillis) {}

  ActiveQuery(String id, Origin origin, ActiveQueries all) {
    this.id = id;
    this.origin = origin;
    this.all = all;
  }

  /// Says what is evaluated; empty for requests without an expression.
  public void evaluates(Expression e) {
    expression = Optional.of(e);
  }

  @Override
  public void admitted(QueryBudget queryBudget) {
    budget = Optional.of(queryBudget);
    state = State.RUNNING;
  }

  /// The response is written from now on.
  public void sends() {
    state = State.SENDING;
  }

  /// The response is written from now on.
  ///
  /// @param slowly whether the client makes the server wait
  public void sends(BooleanSupplier slowly) {
    takenSlowly = slowly;
    sends();
  }

  @Override
  public boolean isTakenSlowly() {
    return takenSlowly.getAsBoolean();
  }

  /// Interrupts the thread, unless the query has ended.
  ///
  /// @return false where it has
  synchronized boolean kill(KilledBy by) {
    if (ended) {
      return false;
    }
    if (killed.isEmpty()) {
      killed = Optional.of(by);
    }
    thread.interrupt();
    return true;
  }

  /// Who killed the query; empty where nobody did.
  public synchronized Optional<KilledBy> killed() {
    return killed;
  }

  public String id() {
    return id;
  }

  public Origin origin() {
    return origin;
  }

  public Optional<Expression> expression() {
    return expression;
  }

  public State state() {
    return state;
  }

  public Instant started() {
    return started;
  }

  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /// Reads of the store and the caches so far.
  public QueryBudget.Used used() {
    return budget.map(QueryBudget::used).orElse(QueryBudget.Used.NOTHING);
  }

  /// Bytes of memory that the query holds.
  public long heldBytes() {
    return budget.map(QueryBudget::heldMemory).orElse(0L);
  }

  /// Later kills do nothing; the thread is not interrupted any more by an earlier one.
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      if (killed.isPresent()) {
        Thread.interrupted();
      }
    }
    all.remove(this);
  }
}
