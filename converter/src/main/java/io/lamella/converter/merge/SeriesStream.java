package io.lamella.converter.merge;

import io.lamella.storage.tsdb.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every series of the inputs that has a chunk in the range, once, in the order of the sort key:
/// the merge of the sorted runs of all inputs. Labels are read from the indexes while the runs are
/// merged, so that only those of one series per run are in memory. Used by one thread at a time.
final class SeriesStream implements AutoCloseable {
  private final MergeRange range;
  private final List<Cursor> cursors;

  /// A heap; the cursor with the first series is at 0.
  private final Cursor[] heap;

  private int heapSize;

  private SeriesStream(MergeRange range, List<Cursor> cursors) throws IOException {
    this.range = range;
    this.cursors = cursors;
    this.heap = new Cursor[cursors.size()];
    for (Cursor c : cursors) {
      if (c.advance()) {
        heap[heapSize++] = c;
      }
    }
    for (int i = heapSize / 2 - 1; i >= 0; i--) {
      siftDown(i);
    }
  }

  static SeriesStream open(SortedSeries series) throws IOException {
    List<Cursor> cursors = new ArrayList<>();
    try {
      for (SeriesRun run : series.runs()) {
        cursors.add(new Cursor(series, run, cursors.size()));
      }
      return new SeriesStream(series.sources().range(), cursors);
    } catch (IOException | RuntimeException e) {
      close(cursors);
      throw e;
    }
  }

  /// Reads one run.
  private static final class Cursor {
    private final int ordinal;
    private final int input;
    private final MergeInput source;
    private final SeriesRun.RefReader refs;
    private final SeriesEntry entry = new SeriesEntry();
    private final SeriesLabels labels;

    Cursor(SortedSeries series, SeriesRun run, int ordinal) throws IOException {
      this.ordinal = ordinal;
      this.input = run.input();
      this.source = series.sources().inputs().get(input);
      this.labels = series.labels(input);
      this.refs = run.open();
    }

    boolean advance() throws IOException {
      long ref = refs.next();
      if (ref < 0) {
        return false;
      }
      source.block().series(ref, entry);
      labels.read(entry);
      return true;
    }

    boolean isBefore(Cursor other) {
      int c = labels.compareTo(other.labels);
      return c != 0 ? c < 0 : ordinal < other.ordinal;
    }
  }

  /// The next series; empty after the last.
  Optional<SeriesParts> next() throws IOException {
    if (heapSize == 0) {
      return Optional.empty();
    }
    int[] labels = heap[0].labels.copy();
    SeriesParts out = new SeriesParts(labels);
    do {
      Cursor first = heap[0];
      out.add(first.input, first.entry, range);
      if (!first.advance()) {
        heap[0] = heap[--heapSize];
      }
      siftDown(0);
    } while (heapSize > 0 && heap[0].labels.isEqual(labels));
    return Optional.of(out);
  }

  private void siftDown(int from) {
    int i = from;
    while (2 * i + 1 < heapSize) {
      int child = 2 * i + 1;
      if (child + 1 < heapSize && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (heap[i].isBefore(heap[child])) {
        return;
      }
      Cursor swapped = heap[i];
      heap[i] = heap[child];
      heap[child] = swapped;
      i = child;
    }
  }

  private static void close(List<Cursor> cursors) throws IOException {
    for (Cursor c : cursors) {
      c.refs.close();
    }
  }

  @Override
  public void close() throws IOException {
    close(cursors);
  }
}
