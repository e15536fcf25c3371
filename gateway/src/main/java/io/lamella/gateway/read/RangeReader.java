package io.lamella.gateway.read;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Reads byte ranges in waves: everything that a wave wants goes out at once, near ranges as one
/// read, bounded for the whole process.
public final class RangeReader {
  private final ObjectStore store;
  private final Coalescing coalescing;
  private final Semaphore permits;

  /// @param maxConcurrent reads under way at once in this process
  public RangeReader(ObjectStore store, Coalescing coalescing, int maxConcurrent) {
    this.store = store;
    this.coalescing = coalescing;
    this.permits = new Semaphore(maxConcurrent);
  }

  /// Runs tasks at once, a virtual thread each, and waits for all; the first failure ends the
  /// others.
  public static <T> List<T> inParallel(List<? extends Callable<T>> tasks)
      throws IOException, InterruptedException {
    if (tasks.size() == 1) {
      return List.of(callAlone(tasks.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        CompletionService<T> finished = new ExecutorCompletionService<>(threads);
        List<Future<T>> all = new ArrayList<>();
        for (Callable<T> t : tasks) {
          all.add(finished.submit(t));
        }
        for (int i = 0; i < all.size(); i++) {
          finished.take().get();
        }
        return all.stream().map(Future::resultNow).toList();
      } catch (ExecutionException e) {
        throw rethrow(e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static <T> T callAlone(Callable<T> task) throws IOException, InterruptedException {
    try {
      return task.call();
    } catch (Exception e) {
      throw rethrow(e);
    }
  }

  private static IOException rethrow(@org.jspecify.annotations.Nullable Throwable cause)
      throws InterruptedException {
    switch (cause) {
      case IOException e -> {
        return e;
      }
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(cause);
    }
  }

  /// What one file contributes to a wave.
  public record Wanted(ObjectVersion object, List<ByteRange> ranges) {
    public Wanted {
      ranges = List.copyOf(ranges);
    }
  }

  /// The bytes of one file that a wave brought.
  public static final class Fetched {
    private final TreeMap<Long, ByteBuffer> reads = new TreeMap<>();

    /// The bytes of a range that the wave wanted.
    public ByteBuffer slice(ByteRange range) {
      Map.Entry<Long, ByteBuffer> read = reads.floorEntry(range.start());
      if (read == null || range.end() > read.getKey() + read.getValue().remaining()) {
        throw new IllegalStateException("range " + range + " was not asked for");
      }
      return read.getValue().slice((int) (range.start() - read.getKey()), (int) range.length());
    }
  }

  /// Reads everything that is wanted, in one wave; the result is in the order of `wanted`.
  ///
  /// @throws io.lamella.promql.QueryException.TooExpensive before anything is read where the budget
  ///   does not allow it
  public List<Fetched> wave(List<Wanted> wanted, QueryBudget budget)
      throws IOException, InterruptedException {
    List<List<ByteRange>> reads = wanted.stream().map(w -> coalescing.reads(w.ranges())).toList();
    long count = reads.stream().mapToLong(List::size).sum();
    long bytes = reads.stream().flatMap(List::stream).mapToLong(ByteRange::length).sum();
    budget.reserveReads(count, bytes);
    List<Callable<ByteBuffer>> tasks = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      ObjectVersion object = wanted.get(i).object();
      for (ByteRange r : reads.get(i)) {
        tasks.add(() -> read(object, r, budget));
      }
    }
    List<ByteBuffer> buffers = tasks.isEmpty() ? List.of() : inParallel(tasks);
    List<Fetched> out = new ArrayList<>();
    int next = 0;
    for (List<ByteRange> file : reads) {
      Fetched fetched = new Fetched();
      for (ByteRange r : file) {
        fetched.reads.put(r.start(), buffers.get(next++));
      }
      out.add(fetched);
    }
    return out;
  }

  private ByteBuffer read(ObjectVersion object, ByteRange range, QueryBudget budget)
      throws IOException, InterruptedException {
    permits.acquire();
    try {
      budget.count(range.length());
      return store.read(object, range);
    } finally {
      permits.release();
    }
  }
}
