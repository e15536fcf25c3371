package io.lamella.gateway.query;

import io.lamella.gateway.query.ActiveQuery.KilledBy;
import io.lamella.gateway.query.ActiveQuery.State;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The requests that are being carried out. Thread-safe.
public final class ActiveQueries {
  private final Map<String, ActiveQuery> queries = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();

  /// Begins a request on the current thread; it ends when it is closed.
  public ActiveQuery begin(ActiveQuery.Origin origin) {
    // Not to be guessed, so that no page in an administrator's browser can kill queries.
    byte[] id = new byte[8];
    random.nextBytes(id);
    ActiveQuery query = new ActiveQuery(HexFormat.of().formatHex(id), origin, this);
    queries.put(query.id(), query);
    return query;
  }

  void remove(ActiveQuery query) {
    queries.remove(query.id());
    lock.lock();
    try {
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The oldest first.
  public List<ActiveQuery> list() {
    return queries.values().stream().sorted(Comparator.comparing(ActiveQuery::started)).toList();
  }

  public long count(State state) {
    return queries.values().stream().filter(q -> q.state() == state).count();
  }

  /// Kills a query.
  ///
  /// @return false where there is none with this id
  public boolean kill(String id) {
    ActiveQuery query = queries.get(id);
    return query != null && query.kill(KilledBy.ADMINISTRATOR);
  }

  /// Kills all queries, because the process stops.
  ///
  /// @return those that were killed
  public List<ActiveQuery> cutOff() {
    return list().stream().filter(q -> q.kill(KilledBy.STOP)).toList();
  }

  /// Waits until no query is left, for this long at most.
  ///
  /// @return false where some are left
  public boolean awaitNone(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!queries.isEmpty() && left > 0) {
        left = ended.awaitNanos(left);
      }
      return queries.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
