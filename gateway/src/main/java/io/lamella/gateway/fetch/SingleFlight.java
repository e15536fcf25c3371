package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.storage.concurrent.TaskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Work that is under way once, however many want what it brings.
///
/// A flight belongs to nobody: it runs on a thread of its own and goes on while anyone waits for
/// it. A query that is cancelled or fails elsewhere leaves; the last to leave ends the flight. So
/// nobody fails because another gave up, a failure is shared by those alone who waited for that
/// very flight, and the next query tries anew.
///
/// @param <K> what flights are found by; one flight may have several
/// @param <V> what a flight brings
public final class SingleFlight<K, V> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Flight> underWay = new HashMap<>();

  private final class Flight {
    final List<K> keys;
    final QueryBudget starter;
    final Callable<V> work;
    final CompletableFuture<V> result = new CompletableFuture<>();
    final Thread thread = Thread.ofVirtual().name("read").unstarted(this::run);
    int waiters;

    Flight(Collection<K> keys, QueryBudget starter, Callable<V> work) {
      this.keys = List.copyOf(keys);
      this.starter = starter;
      this.work = work;
    }

    private void run() {
      try {
        V brought = work.call();
        land();
        result.complete(brought);
      } catch (Throwable e) {
        land();
        result.completeExceptionally(e);
      }
    }

    private void land() {
      lock.lock();
      try {
        keys.forEach(k -> underWay.remove(k, this));
      } finally {
        lock.unlock();
      }
    }
  }

  /// Where a query says what it waits for, while no flight begins or lands.
  public final class Boarding {
    private final QueryBudget query;
    private final Set<Flight> all = new LinkedHashSet<>();
    private final List<Flight> started = new ArrayList<>();

    private Boarding(QueryBudget query) {
      this.query = query;
    }

    /// Waits also for the flight of this key, where there is one. If a query does, it is no longer
    /// one that nobody waits for.
    ///
    /// @return false where none is under way
    public boolean join(K key) {
      Flight f = underWay.get(key);
      if (f == null) {
        return false;
      }
      if (!query.isPrefetch()) {
        f.starter.promote();
      }
      all.add(f);
      return true;
    }

    /// Begins a flight under keys that none has.
    ///
    /// @param work what it puts into a cache is there before its flight can no more be joined, so
    ///   who finds no flight looks there
    public void start(Collection<K> keys, Callable<V> work) {
      Flight f = new Flight(keys, query, work);
      keys.forEach(k -> underWay.put(k, f));
      started.add(f);
      all.add(f);
    }
  }

  /// Waits for flights under way and new ones.
  ///
  /// @param query that waits
  /// @param decision which ones; runs under a lock and must not block
  /// @return what each flight brought, in the order in which they were joined or started
  /// @throws InterruptedException where the query is cancelled or its time is up; flights go on
  ///   that others wait for
  public List<V> bring(QueryBudget query, Consumer<Boarding> decision)
      throws IOException, InterruptedException {
    Boarding boarding = new Boarding(query);
    lock.lock();
    try {
      decision.accept(boarding);
      boarding.all.forEach(f -> f.waiters++);
    } finally {
      lock.unlock();
    }
    try {
      boarding.started.forEach(f -> f.thread.start());
      await(boarding.all);
      return boarding.all.stream().map(f -> f.result.join()).toList();
    } finally {
      leave(boarding.all);
    }
  }

  /// Waits for all, or for the first that fails.
  private void await(Collection<Flight> flights) throws IOException, InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(flights.size());
    for (Flight f : flights) {
      f.result.whenComplete((brought, failure) -> {
        if (failure != null) {
          done.completeExceptionally(failure);
        } else if (left.decrementAndGet() == 0) {
          done.complete(null);
        }
      });
    }
    if (flights.isEmpty()) {
      return;
    }
    try {
      done.get();
    } catch (ExecutionException e) {
      // No flight is ended while someone waits for it, so an interrupt cannot be seen here.
      throw TaskFailure.of(e);
    }
  }

  private void leave(Collection<Flight> flights) {
    lock.lock();
    try {
      for (Flight f : flights) {
        f.waiters--;
        if (f.waiters == 0 && !f.result.isDone()) {
          f.keys.forEach(k -> underWay.remove(k, f));
          f.thread.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
