package io.lamella.gateway.query;

import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Permits for queries that run at once, and the queue of those that wait for one.
///
/// Permits are shared fairly between clients: a freed permit goes to the client that was served
/// least recently, and to the oldest of its queries. No client may have all permits, so that a
/// query of another one always finds one soon, however long the first client's queries run; for the
/// same reason no client may fill the queue.
///
/// A query whose result is complete and whose client takes it slowly keeps its permit only while no
/// other query waits for it: clients behind one proxy are one client here, and those of them that
/// are slow do not hold up the others. Thread-safe.
public final class QueryQueue {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /// How often a waiting query looks for permits of results that are taken slowly.
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final QueueLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> runningOf = new HashMap<>();

  /// The waiting queries of each client; the client that was served least recently comes first.
  private final Map<String, Deque<Waiter>> waitingOf = new LinkedHashMap<>();

  /// Those of queries that send a complete result.
  private final Set<Permit> sending = new LinkedHashSet<>();

  private int running;
  private int waiting;
  private long refused;

  /// How many queries run and wait.
  ///
  /// @param maxConcurrent queries that run at once
  /// @param maxPerClient queries of one client that run at once
  /// @param maxQueued queries that wait
  /// @param maxWait of one query
  public record QueueLimits(int maxConcurrent, int maxPerClient, int maxQueued, Duration maxWait) {
    /// Queries that wait by default. Each keeps a connection and a thread.
    public static final int MAX_QUEUED = 256;

    public static final Duration MAX_WAIT = Duration.ofSeconds(30);

    public QueueLimits {
      if (maxConcurrent < 1 || maxPerClient < 1 || maxQueued < 0 || maxWait.isNegative()) {
        throw new IllegalArgumentException(
            "cannot admit queries: at least one must run at once, and the queue must not be negative");
      }
    }

    /// The default queue for so many permits.
    public static QueueLimits of(int maxConcurrent) {
      return new QueueLimits(maxConcurrent, perClient(maxConcurrent), MAX_QUEUED, MAX_WAIT);
    }

    /// Three quarters, rounded up, but at least one less than all where there is more than one.
    public static int perClient(int all) {
      return Math.max(1, Math.min(all - 1, (3 * all + 3) / 4));
    }

    private int maxQueuedPerClient() {
      return maxQueued <= 1 ? maxQueued : perClient(maxQueued);
    }
  }

  private final class Waiter {
    private final Condition changed = lock.newCondition();
    private boolean granted;
  }

  /// A complete result that is being sent.
  interface SentResult {
    /// True while the client makes the server wait.
    boolean isTakenSlowly();

    /// False where the query that got the permit would not find the memory to run.
    boolean mayGoOnWithoutPermit();
  }

  /// What one running query holds, until it is closed or taken for another query. Closing it twice
  /// does nothing.
  final class Permit implements AutoCloseable {
    private final String client;
    private Optional<SentResult> result = Optional.empty();
    private boolean closed;

    private Permit(String client) {
      this.client = client;
    }

    /// From now on, the query only sends its result.
    void sends(SentResult sent) {
      lock.lock();
      try {
        if (!closed) {
          result = Optional.of(sent);
          sending.add(this);
        }
      } finally {
        lock.unlock();
      }
    }

    private boolean mayBeTaken() {
      return result.filter(r -> r.isTakenSlowly() && r.mayGoOnWithoutPermit()).isPresent();
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          sending.remove(this);
          running--;
          runningOf.computeIfPresent(client, (c, n) -> n == 1 ? null : n - 1);
          grant();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  public QueryQueue(QueueLimits limits) {
    this.limits = limits;
  }

  /// Queries that run now.
  public int running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// Queries that wait now.
  public int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /// Queries that were refused so far.
  public long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a permit, only as long as the queue allows.
  ///
  /// @throws QueryRefused where too many wait already, or none is free within the queue's limit
  /// @throws QueryException.Cancelled where the thread is interrupted
  Permit acquire(String client) {
    return acquire(client, limits.maxWait().plusNanos(1));
  }

  /// Waits for a permit.
  ///
  /// @param timeout of the query
  /// @throws QueryRefused where too many wait already, or none is free within the queue's limit
  /// @throws QueryException.TimedOut where none is free within the query's timeout
  /// @throws QueryException.Cancelled where the thread is interrupted
  Permit acquire(String client, Duration timeout) {
    lock.lock();
    try {
      // Queries that wait although a permit is free are those of clients that have their share.
      if (running < limits.maxConcurrent() && mayRun(client)) {
        return start(client);
      }
      Deque<Waiter> ofClient = waitingOf.computeIfAbsent(client, c -> new ArrayDeque<>());
      if (waiting >= limits.maxQueued() || ofClient.size() >= limits.maxQueuedPerClient()) {
        String full =
            waiting >= limits.maxQueued()
                ? waiting + " queries are waiting"
                : ofClient.size() + " queries of this client are waiting";
        waitingOf.computeIfPresent(client, (c, w) -> w.isEmpty() ? null : w);
        throw refuse("cannot queue query: " + full);
      }
      Waiter waiter = new Waiter();
      ofClient.add(waiter);
      waiting++;
      return await(client, waiter, timeout);
    } finally {
      lock.unlock();
    }
  }

  private Permit await(String client, Waiter waiter, Duration timeout) {
    boolean queueEnds = limits.maxWait().compareTo(timeout) < 0;
    long left = (queueEnds ? limits.maxWait() : timeout).toNanos();
    try {
      while (!waiter.granted && left > 0) {
        long pause = Math.min(left, LOOK_NANOS);
        left -= pause - waiter.changed.awaitNanos(pause);
        if (!waiter.granted) {
          takeSlowPermit(client);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (waiter.granted) {
        new Permit(client).close();
      } else {
        leave(client, waiter);
      }
      throw new QueryException.Cancelled("query was canceled in query queue");
    }
    if (waiter.granted) {
      return new Permit(client);
    }
    leave(client, waiter);
    if (queueEnds) {
      throw refuse("no query ended within " + limits.maxWait().toSeconds() + "s");
    }
    throw new QueryException.TimedOut("query timed out in query queue");
  }

  /// Frees a permit that a query of the client could get. It goes to whose turn it is.
  private void takeSlowPermit(String client) {
    boolean ofAny = mayRun(client);
    sending.stream()
        .filter(p -> (ofAny || p.client.equals(client)) && p.mayBeTaken())
        .findFirst()
        .ifPresent(Permit::close);
  }

  private QueryRefused refuse(String why) {
    refused++;
    return new QueryRefused(why + "; try again later, or narrow the running queries", RETRY_AFTER);
  }

  private void leave(String client, Waiter waiter) {
    waiting--;
    waitingOf.computeIfPresent(
        client,
        (c, all) -> {
          all.remove(waiter);
          return all.isEmpty() ? null : all;
        });
  }

  private boolean mayRun(String client) {
    return runningOf.getOrDefault(client, 0) < limits.maxPerClient();
  }

  private Permit start(String client) {
    running++;
    runningOf.merge(client, 1, Integer::sum);
    return new Permit(client);
  }

  /// Gives free permits to waiting queries.
  private void grant() {
    while (running < limits.maxConcurrent() && grantOne()) {
      // One more runs.
    }
  }

  private boolean grantOne() {
    Iterator<Map.Entry<String, Deque<Waiter>>> clients = waitingOf.entrySet().iterator();
    while (clients.hasNext()) {
      Map.Entry<String, Deque<Waiter>> next = clients.next();
      String client = next.getKey();
      if (mayRun(client)) {
        Deque<Waiter> all = next.getValue();
        Waiter first = all.removeFirst();
        clients.remove();
        if (!all.isEmpty()) {
          waitingOf.put(client, all);
        }
        waiting--;
        first.granted = true;
        start(client);
        first.changed.signal();
        return true;
      }
    }
    return false;
  }
}
