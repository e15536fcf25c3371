package io.lamella.converter.merge;

import io.lamella.storage.concurrent.TaskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Merges series on several threads and hands the rows over in the order of the series, so that the
/// result does not depend on the number of threads.
///
/// Each thread takes the next batch of series, merges it, and then writes all batches whose turn it
/// is. One thread at a time reads the stream and one writes; a few batches per thread may be
/// between the two.
final class RowPipeline {
  private static final int BATCH_SERIES = 256;
  private static final int BATCHES_PER_THREAD = 4;

  private final SeriesStream series;
  private final RowSink sink;
  private final Semaphore permits;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Long, List<Optional<MergedRow>>> merged = new HashMap<>();
  private long batchesRead;
  private long batchesWritten;

  /// Receives the rows one after another, from one thread at a time.
  @FunctionalInterface
  interface RowSink {
    /// @param row empty for a series without samples
    void add(Optional<MergedRow> row) throws IOException;
  }

  private RowPipeline(SeriesStream series, RowSink sink, int threads) {
    this.series = series;
    this.sink = sink;
    this.permits = new Semaphore(BATCHES_PER_THREAD * threads);
  }

  /// Merges all series.
  ///
  /// @param merges makes the merge of one thread
  static void run(SeriesStream series, Supplier<SeriesMerge> merges, int threads, RowSink sink)
      throws IOException, InterruptedException {
    RowPipeline pipeline = new RowPipeline(series, sink, threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      try {
        CompletionService<Boolean> finished = new ExecutorCompletionService<>(pool);
        for (int t = 0; t < threads; t++) {
          SeriesMerge merge = merges.get();
          finished.submit(() -> pipeline.work(merge));
        }
        for (int t = 0; t < threads; t++) {
          finished.take().get();
        }
      } catch (ExecutionException e) {
        throw TaskFailure.of(e);
      } finally {
        // After a failure the other threads may wait for permits of batches that are never written.
        pool.shutdownNow();
      }
    }
  }

  private boolean work(SeriesMerge merge) throws IOException, InterruptedException {
    while (true) {
      permits.acquire();
      List<SeriesParts> batch = new ArrayList<>(BATCH_SERIES);
      long number;
      reading.lockInterruptibly();
      try {
        number = batchesRead;
        while (batch.size() < BATCH_SERIES) {
          Optional<SeriesParts> next = series.next();
          if (next.isEmpty()) {
            break;
          }
          batch.add(next.get());
        }
        batchesRead += batch.isEmpty() ? 0 : 1;
      } finally {
        reading.unlock();
      }
      if (batch.isEmpty()) {
        permits.release();
        return true;
      }
      List<Optional<MergedRow>> rows = new ArrayList<>(batch.size());
      for (SeriesParts s : batch) {
        rows.add(merge.merge(s));
      }
      synchronized (merged) {
        merged.put(number, rows);
      }
      writeInTurn();
    }
  }

  /// Writes what is ready, unless another thread does; that one looks again before it leaves.
  private void writeInTurn() throws IOException {
    while (isReady() && writing.tryLock()) {
      try {
        while (isReady()) {
          List<Optional<MergedRow>> rows;
          synchronized (merged) {
            rows = Objects.requireNonNull(merged.remove(batchesWritten));
            batchesWritten++;
          }
          for (Optional<MergedRow> row : rows) {
            sink.add(row);
          }
          permits.release();
        }
      } finally {
        writing.unlock();
      }
    }
  }

  private boolean isReady() {
    synchronized (merged) {
      return merged.containsKey(batchesWritten);
    }
  }
}
