package io.lamella.storage.object.s3;

import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Cuts off requests that make no progress: no byte for a while, or so few that it makes no
/// difference. How long they take as a whole does not matter.
///
/// While request after request is cut off, the wait doubles each time, up to a limit: so a store
/// that is slow as a whole still answers.
final class StallTimeout {
  private static final int MAX_DOUBLINGS = 10;

  /// Fewer bytes are no progress: 8 KiB/s for a wait of two seconds.
  static final int MIN_BYTES = 16 << 10;

  private final Duration first;
  private final Duration longest;
  private final AtomicInteger cutInARow = new AtomicInteger();

  /// @param first wait for a byte
  /// @param longest wait, after requests that were cut off
  StallTimeout(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /// A request, with the place where it reports its progress.
  @FunctionalInterface
  interface Request<T> {
    T send(Progress progress) throws ObjectStoreException;
  }

  /// The progress of one request.
  static final class Progress {
    private volatile long lastNanos = System.nanoTime();
    private volatile int bytes;

    /// The head of the response has arrived.
    void begun() {
      lastNanos = System.nanoTime();
    }

    /// Bytes of the body have arrived; called by one thread.
    void made(int arrived) {
      int now = bytes + arrived;
      if (now >= MIN_BYTES) {
        now = 0;
        lastNanos = System.nanoTime();
      }
      bytes = now;
    }

    private long nanosLeft(Duration timeout) {
      return timeout.toNanos() - (System.nanoTime() - lastNanos);
    }
  }

  /// A request was cut off.
  static final class StalledException extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private StalledException(int bytes, Duration timeout) {
      super(
          (bytes == 0 ? "no byte" : "only " + bytes + " bytes")
              + " for "
              + timeout.toMillis()
              + " ms");
    }
  }

  private Duration timeout() {
    Duration now = first.multipliedBy(1L << Math.min(cutInARow.get(), MAX_DOUBLINGS));
    return now.compareTo(longest) < 0 ? now : longest;
  }

  /// Sends a request on a thread of its own, which an interrupt of the calling thread reaches, too.
  ///
  /// @throws StalledException where too few bytes came for too long
  /// @throws InterruptedException where the calling thread was interrupted
  <T> T run(Request<T> request)
      throws ObjectStoreException, StalledException, InterruptedException {
    Duration timeout = timeout();
    Progress progress = new Progress();
    FutureTask<T> task = new FutureTask<>(() -> request.send(progress));
    Thread.ofVirtual().name("s3").start(task);
    try {
      while (true) {
        long left = progress.nanosLeft(timeout);
        try {
          T response = task.get(Math.max(0, left), TimeUnit.NANOSECONDS);
          cutInARow.set(0);
          return response;
        } catch (TimeoutException e) {
          if (progress.nanosLeft(timeout) <= 0) {
            cutInARow.incrementAndGet();
            throw new StalledException(progress.bytes, timeout);
          }
        }
      }
    } catch (ExecutionException e) {
      throw TaskFailure.of(e, ObjectStoreException.class);
    } finally {
      task.cancel(true);
    }
  }
}
