package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SpareMemory;
import io.lamella.promql.exec.WorkerRun;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The parts of a selection that are being evaluated, in order. Threads take parts as long as there
/// are only a few that the thread of the query has not read yet; then they end and give back their
/// permits, so that a query that reads something else in between holds none. The thread of the
/// query starts them again, and evaluates parts as well while the next one is not done.
final class PartQueue implements SeriesSource.Prepared {
  /// Floats of one part; fewer steps make for more series.
  private static final int PART_ELEMENTS = 1 << 16;

  /// A thread that finds fewer parts than these would hardly have begun when all is done.
  private static final int MIN_PARTS = 8;

  private static final int PARTS_AHEAD = 2;

  private final QueryRun run;
  private final SeriesSet series;
  private final PerSeries perSeries;
  private final int steps;
  private final Workers workers;
  private final SpareMemory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<SeriesPart> taken = new ArrayDeque<>();
  private final Deque<SeriesPart> free = new ArrayDeque<>();
  private final List<SeriesPart> all = new ArrayList<>();
  private final Deque<PartEvaluator> idle = new ArrayDeque<>();
  private final List<PartEvaluator> evaluators = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private int partSeries;
  private boolean isAtEnd;
  private boolean isClosed;

  /// True after a part has failed: then only the thread of the query evaluates.
  private boolean isAlone;

  /// Of a thread outside of any part.
  private @Nullable Throwable failure;

  PartQueue(QueryRun run, SeriesSet series, PerSeries perSeries, int steps) {
    this.run = run;
    this.series = series;
    this.perSeries = perSeries;
    this.steps = steps;
    this.workers = run.settings().workers();
    this.memory = new SpareMemory(run.settings().limits().memory());
    int most = Math.min(workers.partSeries(), PART_ELEMENTS / Math.max(1, steps));
    this.partSeries = Math.max(1, Math.min(most, series.divisible() / MIN_PARTS));
    run.closeAtEnd(this);
  }

  /// The next part, evaluated, or not yet taken by any thread; empty at the end.
  ///
  /// @throws InterruptedException where the query is cancelled
  Optional<SeriesPart> next(PartEvaluator evaluator) throws InterruptedException {
    startThreads();
    while (true) {
      SeriesPart help;
      lock.lockInterruptibly();
      try {
        checkFailure();
        SeriesPart first = taken.peek();
        if (first != null && first.isDone()) {
          return Optional.of(taken.remove());
        }
        help = take();
        if (help == null) {
          if (first == null) {
            giveBack();
            return Optional.empty();
          }
          changed.await();
          continue;
        }
        if (first == null) {
          taken.remove(help);
          return Optional.of(help);
        }
      } finally {
        lock.unlock();
      }
      evaluate(help, evaluator);
    }
  }

  private void checkFailure() {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {
        // No thread has failed.
      }
    }
  }

  /// The thread of the query is done with a part.
  void read(SeriesPart part) {
    lock.lock();
    try {
      part.clear();
      free.add(part);
    } finally {
      lock.unlock();
    }
  }

  /// A part for the calling thread, which holds the lock; null where there are enough, or no series
  /// are left.
  private @Nullable SeriesPart take() {
    if (isClosed
        || isAtEnd
        || isAlone && !taken.isEmpty()
        || taken.size() >= PARTS_AHEAD * (threads.size() + 1)) {
      return null;
    }
    // The thread of the query alone needs no parts.
    SeriesSet next = series.part(isAlone ? Math.max(1, series.divisible()) : partSeries);
    if (next.divisible() == 0) {
      isAtEnd = true;
      return null;
    }
    SeriesPart part = free.poll();
    if (part == null) {
      part = new SeriesPart(memory, steps);
      all.add(part);
    }
    part.restart(next);
    taken.add(part);
    return part;
  }

  private void evaluate(SeriesPart part, PartEvaluator evaluator) {
    part.evaluate(evaluator);
    lock.lock();
    try {
      part.done();
      isAlone |= part.hasFailed();
      if (part.isCut()) {
        partSeries = Math.max(1, partSeries / 2);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all threads and gives back their memory, that of parts which are evaluated included, so
  /// that a query for whose threads there was too little goes on with what one thread needs.
  ///
  /// @return what evaluates the following parts, with the memory of the query
  /// @throws InterruptedException where the query is cancelled
  PartEvaluator alone() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      isAlone = true;
      threads.forEach(Thread::interrupt);
      while (!threads.isEmpty()) {
        changed.await();
      }
      evaluators.forEach(PartEvaluator::close);
      evaluators.clear();
      idle.clear();
      free.forEach(SeriesPart::release);
      taken.forEach(SeriesPart::discard);
      return new PartEvaluator(WorkerRun.ofQueryThread(run), perSeries);
    } finally {
      lock.unlock();
    }
  }

  PartEvaluator evaluator() {
    lock.lock();
    try {
      PartEvaluator e = idle.poll();
      if (e == null) {
        e = new PartEvaluator(WorkerRun.ofThread(run), perSeries);
        evaluators.add(e);
      }
      return e;
    } finally {
      lock.unlock();
    }
  }

  /// Starts threads while there are permits.
  private void startThreads() {
    while (mayStart() && workers.permits().tryAcquire()) {
      boolean started = false;
      Thread thread = Thread.ofVirtual().name("evaluate").unstarted(this::evaluateParts);
      lock.lock();
      try {
        threads.add(thread);
        thread.start();
        started = true;
      } finally {
        if (!started) {
          threads.remove(thread);
          workers.permits().release();
        }
        lock.unlock();
      }
    }
  }

  private boolean mayStart() {
    lock.lock();
    try {
      return !isClosed
          && !isAtEnd
          && !isAlone
          && threads.size() < workers.maxThreads()
          && taken.size() < PARTS_AHEAD * (threads.size() + 1);
    } finally {
      lock.unlock();
    }
  }

  /// What a thread beside that of the query does.
  private void evaluateParts() {
    try {
      PartEvaluator evaluator;
      try {
        evaluator = evaluator();
      } catch (RuntimeException e) {
        // There is no memory for it: the thread of the query goes on alone.
        lock.lock();
        try {
          isAlone = true;
        } finally {
          lock.unlock();
        }
        return;
      }
      for (SeriesPart part = locked(); part != null; part = locked()) {
        evaluate(part, evaluator);
        // Virtual threads are not preempted.
        Thread.yield();
      }
      lock.lock();
      try {
        idle.add(evaluator);
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException | Error e) {
      lock.lock();
      try {
        failure = e;
      } finally {
        lock.unlock();
      }
    } finally {
      lock.lock();
      try {
        workers.permits().release();
        threads.remove(Thread.currentThread());
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable SeriesPart locked() {
    lock.lock();
    try {
      return isAlone ? null : take();
    } finally {
      lock.unlock();
    }
  }

  /// Ends all threads and waits for them: afterwards nothing of the query is used any more.
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      threads.forEach(Thread::interrupt);
      while (!threads.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      giveBack();
    } finally {
      lock.unlock();
    }
  }

  /// Gives back all memory, while no part is evaluated any more.
  private void giveBack() {
    evaluators.forEach(PartEvaluator::close);
    all.forEach(SeriesPart::release);
    evaluators.clear();
    idle.clear();
    free.clear();
    all.clear();
  }
}
