package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectStoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The reads of metas of one refresh, which run at once. Started by one thread.
///
/// A store that answers may still not deliver some objects, or byte by byte. Where a few reads are
/// left and none has ended for a while, they are given up, so that they do not hold up the other
/// blocks. Where most reads are slow, the store is, and all of them are waited for.
final class MetaReads<T> {
  private final ExecutorService threads;
  private final Map<Ulid, Future<T>> reads = new HashMap<>();
  private final Set<Ulid> pending = new HashSet<>();
  private int succeeded;
  private long lastNanos = System.nanoTime();

  /// @param threads the caller closes it, and after a failure shuts it down before
  MetaReads(ExecutorService threads) {
    this.threads = threads;
  }

  void start(Ulid block, Callable<T> read) {
    synchronized (this) {
      pending.add(block);
    }
    reads.put(
        block,
        threads.submit(() -> {
          boolean success = false;
          try {
            T result = read.call();
            success = true;
            return result;
          } finally {
            end(block, success);
          }
        }));
  }

  private synchronized void end(Ulid block, boolean success) {
    pending.remove(block);
    succeeded += success ? 1 : 0;
    lastNanos = System.nanoTime();
    notifyAll();
  }

  /// All reads by block.
  Map<Ulid, Future<T>> all() {
    return reads;
  }

  /// Waits for all reads but those that are given up, which are cancelled. To be called when all
  /// have been started.
  ///
  /// @param maxLate so many may be given up, where more than as many have succeeded
  /// @param patience the time without the end of any read after which they are
  synchronized void await(int maxLate, Duration patience) throws InterruptedException {
    // The listing may have taken long.
    lastNanos = System.nanoTime();
    while (!pending.isEmpty()) {
      if (pending.size() > maxLate || pending.size() >= succeeded) {
        wait();
        continue;
      }
      long left = patience.toNanos() - (System.nanoTime() - lastNanos);
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    pending.stream().map(reads::get).filter(Objects::nonNull).forEach(r -> r.cancel(true));
  }

  /// Waits for one read.
  ///
  /// @throws ExecutionException where it failed, or was given up
  static <T> void result(Map.Entry<Ulid, Future<T>> read)
      throws ExecutionException, InterruptedException {
    try {
      read.getValue().get();
    } catch (CancellationException e) {
      throw new ExecutionException(
          new ObjectStoreException.Unavailable(
              "object "
                  + BlockNames.meta(read.getKey())
                  + " had not arrived some time after the others",
              e));
    }
  }
}
