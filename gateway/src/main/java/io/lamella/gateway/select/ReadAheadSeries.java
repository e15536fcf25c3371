package io.lamella.gateway.select;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.concurrent.TaskFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A selection whose next series are decoded by another thread while its reader uses the current
/// ones. Decoding is a third or more of the CPU time of a broad query, so a query can use two
/// cores. The thread needs one of a few permits. Where none is free, every core has a query of its
/// own, and the reader decodes.
///
/// Samples are handed over in batches by exchanging buffers, so nothing is copied.
final class ReadAheadSeries implements SeriesSet {
  /// With fewer series, handing them over takes as long as decoding them.
  static final int MIN_SERIES = 32;

  private static final int BATCH_SAMPLES = 16_384;
  private static final int BATCHES = 3;

  private final Thread decoder;
  private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
  private Batch current = new Batch();
  private int at = -1;

  /// Series with their samples. The last batch is marked, and holds the failure, if any.
  private static final class Batch {
    private final List<Labels> labels = new ArrayList<>();
    private final List<SampleColumns> samples = new ArrayList<>();
    private boolean last;
    private @Nullable Throwable failure;

    int size() {
      return labels.size();
    }

    /// A cleared buffer for the next series.
    SampleColumns buffer() {
      if (samples.size() == labels.size()) {
        samples.add(new SampleColumns());
      }
      SampleColumns out = samples.get(labels.size());
      out.clear();
      return out;
    }
  }

  private ReadAheadSeries(SeriesSet set, Semaphore permits) {
    decoder =
        Thread.ofVirtual()
            .name("decode")
            .unstarted(() -> {
              try (set) {
                decode(set);
              } catch (InterruptedException e) {
                // The reader closed the selection.
              } finally {
                permits.release();
              }
            });
    for (int i = 1; i < BATCHES; i++) {
      free.add(new Batch());
    }
  }

  /// The same series, decoded ahead if a permit is free. Owns `set` from now on.
  static SeriesSet of(SeriesSet set, Semaphore permits) {
    return of(set, permits, Thread::start);
  }

  /// @param starter starts the thread that decodes
  static SeriesSet of(SeriesSet set, Semaphore permits, Consumer<Thread> starter) {
    if (!permits.tryAcquire()) {
      return set;
    }
    boolean started = false;
    try {
      ReadAheadSeries out = new ReadAheadSeries(set, permits);
      starter.accept(out.decoder);
      started = true;
      return out;
    } finally {
      if (!started) {
        permits.release();
        set.close();
      }
    }
  }

  private void decode(SeriesSet set) throws InterruptedException {
    Batch batch = new Batch();
    try {
      while (!batch.last) {
        fill(batch, set);
        Batch next = batch.last ? batch : free.take();
        full.put(batch);
        batch = next;
      }
    } catch (RuntimeException | Error e) {
      batch.last = true;
      batch.failure = e;
      full.put(batch);
    }
  }

  private static void fill(Batch batch, SeriesSet set) throws InterruptedException {
    batch.labels.clear();
    int samples = 0;
    while (samples < BATCH_SAMPLES) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!set.next()) {
        batch.last = true;
        return;
      }
      SampleColumns buffer = batch.buffer();
      set.read(buffer);
      batch.labels.add(set.labels());
      samples += buffer.size() + 1;
    }
  }

  @Override
  public boolean next() {
    if (++at < current.size()) {
      return true;
    }
    try {
      while (!current.last) {
        Batch read = current;
        current = full.take();
        at = 0;
        free.offer(read);
        if (current.size() > 0) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      throw RowSelector.failure(e);
    }
    if (current.failure != null) {
      throw RowSelector.failure(TaskFailure.of(current.failure));
    }
    return false;
  }

  @Override
  public Labels labels() {
    return current.labels.get(at);
  }

  @Override
  public void read(SampleColumns into) {
    SampleColumns from = current.samples.get(at);
    if (into.size() == 0) {
      into.exchange(from);
    } else {
      into.addAll(from);
    }
  }

  @Override
  public void close() {
    decoder.interrupt();
  }
}
