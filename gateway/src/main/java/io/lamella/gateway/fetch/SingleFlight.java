package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.trace.CurrentSpan;
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

/// Request coalescing: a call runs once, however many queries need its result.
///
/// A call belongs to no query. It runs on a thread of its own and goes on while any query waits for
/// it; when the last one stops waiting, the call is interrupted. So a query that is cancelled fails
/// no other. A failure reaches exactly the queries that waited for that call; the next query starts
/// a new one. Where its thread cannot be started, the call fails in the same way.
///
/// @param <K> the key of calls; a call may have several
/// @param <V> the result of a call
public final class SingleFlight<K, V> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Call> running = new HashMap<>();
  private final Consumer<Thread> starter;

  public SingleFlight() {
    this(Thread::start);
  }

  /// @param starter starts the threads of calls
  SingleFlight(Consumer<Thread> starter) {
    this.starter = starter;
  }

  private final class Call {
    final List<K> keys;
    final QueryBudget starter;
    final Callable<V> work;
    final CompletableFuture<V> result = new CompletableFuture<>();
    final Thread thread = Thread.ofVirtual().name("read").unstarted(CurrentSpan.carry(this::run));
    int waiters;

    Call(Collection<K> keys, QueryBudget starter, Callable<V> work) {
      this.keys = List.copyOf(keys);
      this.starter = starter;
      this.work = work;
    }

    private void run() {
      try {
        V value = work.call();
        unregister();
        result.complete(value);
      } catch (Throwable e) {
        fail(e);
      }
    }

    /// Ends the call with a failure. Whoever waits for it is told in any case.
    void fail(Throwable failure) {
      try {
        unregister();
      } finally {
        result.completeExceptionally(failure);
      }
    }

    private void unregister() {
      lock.lock();
      try {
        keys.forEach(k -> running.remove(k, this));
      } finally {
        lock.unlock();
      }
    }
  }

  /// The calls that one query waits for. Used only inside the decision of [#run], while no call
  /// starts or ends.
  public final class Calls {
    private final QueryBudget query;
    private final Set<Call> all = new LinkedHashSet<>();
    private final List<Call> started = new ArrayList<>();

    private Calls(QueryBudget query) {
      this.query = query;
    }

    /// Joins the running call of this key. A prefetch that a query joins becomes as urgent as the
    /// query.
    ///
    /// @return false where no call of this key is running
    public boolean join(K key) {
      Call call = running.get(key);
      if (call == null) {
        return false;
      }
      if (!query.isPrefetch()) {
        call.starter.promote();
      }
      all.add(call);
      return true;
    }

    /// Starts a call under keys that no running call has.
    ///
    /// @param work must put its result into a cache before it returns; a query that finds no
    ///   running call reads that cache
    public void start(Collection<K> keys, Callable<V> work) {
      Call call = new Call(keys, query, work);
      keys.forEach(k -> running.put(k, call));
      started.add(call);
      all.add(call);
    }
  }

  /// Joins or starts calls and waits for their results.
  ///
  /// @param query that waits
  /// @param decision joins and starts calls; runs under a lock and must not block
  /// @return the results, in the order in which the calls were joined or started
  /// @throws IOException that the first failed call threw
  /// @throws InterruptedException where the query is cancelled or its time is up; calls that other
  ///   queries wait for continue
  public List<V> run(QueryBudget query, Consumer<Calls> decision)
      throws IOException, InterruptedException {
    Calls calls = new Calls(query);
    lock.lock();
    try {
      decision.accept(calls);
      for (Call c : calls.all) {
        c.waiters++;
      }
    } catch (RuntimeException | Error e) {
      // They will not run, and nobody has joined them: the lock was held.
      calls.started.forEach(Call::unregister);
      throw e;
    } finally {
      lock.unlock();
    }
    try {
      start(calls.started);
      await(calls.all);
      return calls.all.stream().map(c -> c.result.join()).toList();
    } finally {
      stopWaiting(calls.all);
    }
  }

  /// Starts the threads of calls. Where one cannot be started, its call and those after it fail:
  /// other queries may have joined them and would wait for ever.
  private void start(List<Call> calls) {
    int next = 0;
    try {
      for (; next < calls.size(); next++) {
        starter.accept(calls.get(next).thread);
      }
    } catch (Throwable e) {
      for (Call c : calls.subList(next, calls.size())) {
        c.fail(e);
      }
      throw e;
    }
  }

  /// Waits until all calls have succeeded or one has failed.
  private void await(Collection<Call> calls) throws IOException, InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(calls.size());
    for (Call c : calls) {
      c.result.whenComplete((value, failure) -> {
        if (failure != null) {
          done.completeExceptionally(failure);
        } else if (left.decrementAndGet() == 0) {
          done.complete(null);
        }
      });
    }
    if (calls.isEmpty()) {
      return;
    }
    try {
      done.get();
    } catch (ExecutionException e) {
      // A call with waiters is never interrupted, so the cause is no InterruptedException.
      throw TaskFailure.of(e);
    }
  }

  private void stopWaiting(Collection<Call> calls) {
    lock.lock();
    try {
      for (Call c : calls) {
        c.waiters--;
        if (c.waiters == 0 && !c.result.isDone()) {
          c.keys.forEach(k -> running.remove(k, c));
          c.thread.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
