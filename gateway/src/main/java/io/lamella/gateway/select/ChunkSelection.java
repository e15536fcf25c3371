package io.lamella.gateway.select;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.ChunkSeriesSet;
import io.lamella.gateway.query.ChunksRequest.Content;
import io.lamella.gateway.read.RangeReader;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.model.Labels;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.concurrent.TaskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// The series of a selection with their encoded chunks. Labels of all series are in memory; of the
/// chunk pages, those of some series at a time, while the pages of the next ones are fetched.
final class ChunkSelection implements ChunkSeriesSet {
  /// Compressed bytes of the first window of a large selection, so that its first series come soon.
  private static final long FIRST_WINDOW_BYTES = 1 << 20;

  private static final long MAX_WINDOW_BYTES =
      Math.clamp(Runtime.getRuntime().maxMemory() / 64, FIRST_WINDOW_BYTES, 16 << 20);

  /// Those that fit into one window. If more were fetched with the labels, there would be a single
  /// window: of the whole result.
  static final RowSelector.EarlyChunks EARLY_CHUNKS = new RowSelector.EarlyChunks(MAX_WINDOW_BYTES);

  private final List<ChunkRow> rows;
  private final List<BlockRows> selected;
  private final RangeReader reader;
  private final QueryBudget budget;
  private final Wanted wanted;
  private final List<ChunkRecord> chunks = new ArrayList<>();

  /// The rows of the current series.
  private int from;

  private int end;
  private @Nullable Window current;
  private @Nullable Window next;

  /// A matched row: the `index`-th of `selected.get(part)`.
  ///
  /// @param labels as they are returned
  /// @param stored with the labels that are removed; rows that differ in them are of different
  ///   replicas
  record ChunkRow(Labels labels, Labels stored, int part, int index) {
    /// The order of rows: by series, then by replica, then by the start of their block.
    static final Comparator<ChunkRow> ORDER =
        Comparator.comparing(ChunkRow::labels)
            .thenComparing(ChunkRow::stored)
            .thenComparingInt(ChunkRow::part);
  }

  /// What is returned.
  ///
  /// @param warnings what is missing
  record Wanted(TimeRange range, Content content, List<String> warnings) {}

  /// The pages of the rows before `end`, from the end of the window before on.
  private record Window(PageWindow pages, int end, FutureTask<Boolean> fetching) {
    void await() throws IOException, InterruptedException {
      try {
        fetching.get();
      } catch (ExecutionException e) {
        throw RowSelector.failure(TaskFailure.of(e));
      }
    }
  }

  /// @param rows in [ChunkRow#ORDER]
  ChunkSelection(
      List<ChunkRow> rows,
      List<BlockRows> selected,
      RangeReader reader,
      QueryBudget budget,
      Wanted wanted) {
    this.rows = rows;
    this.selected = selected;
    this.reader = reader;
    this.budget = budget;
    this.wanted = wanted;
  }

  @Override
  public boolean next() {
    try {
      passed();
      while (end < rows.size()) {
        from = end;
        end = seriesEnd(from);
        if (wanted.content() == Content.LABELS) {
          return true;
        }
        collect(pages());
        if (!chunks.isEmpty()) {
          return true;
        }
        passed();
      }
      return false;
    } catch (IOException | InterruptedException e) {
      throw RowSelector.failure(e);
    }
  }

  /// The chunks of the current series are not needed any more.
  private void passed() {
    chunks.clear();
    Window window = current;
    if (window != null) {
      for (int i = from; i < end; i++) {
        window.pages().passed(rows.get(i).part(), rows.get(i).index());
      }
    }
    from = end;
  }

  private int seriesEnd(int start) {
    int i = start + 1;
    while (i < rows.size() && rows.get(i).labels().equals(rows.get(start).labels())) {
      i++;
    }
    return i;
  }

  /// The window with the pages of the current series.
  private PageWindow pages() throws IOException, InterruptedException {
    Window window = current;
    if (window == null || end > window.end()) {
      Window following = next != null ? next : first();
      // Before the wait, which may be for memory.
      if (window != null) {
        window.pages().release();
      }
      current = following;
      next = null;
      following.await();
      next =
          following.end() < rows.size()
              ? window(following.pages().after(), following.end(), MAX_WINDOW_BYTES)
              : null;
      return following.pages();
    }
    return window.pages();
  }

  /// The first window: all rows where one has room for them, so that they take one round trip.
  private Window first() {
    PageWindow all = PageWindow.first(selected, reader, budget);
    int allEnd = fill(all, from, MAX_WINDOW_BYTES);
    return allEnd == rows.size()
        ? fetching(all, allEnd)
        : window(PageWindow.first(selected, reader, budget), from, FIRST_WINDOW_BYTES);
  }

  private Window window(PageWindow pages, int start, long bytes) {
    return fetching(pages, fill(pages, start, bytes));
  }

  /// Adds the pages of the next rows: of whole series, of at least one, until their pages have so
  /// many bytes.
  ///
  /// @return the end of the rows
  private int fill(PageWindow pages, int start, long bytes) {
    int i = start;
    while (i < rows.size() && (i == start || pages.newBytes() < bytes)) {
      for (int stop = seriesEnd(i); i < stop; i++) {
        pages.add(rows.get(i).part(), rows.get(i).index());
      }
    }
    return i;
  }

  /// Begins to fetch the pages of the rows before `end`.
  private Window fetching(PageWindow pages, int end) {
    FutureTask<Boolean> fetching =
        new FutureTask<>(
            CurrentSpan.carry(() -> {
              pages.fetch();
              return true;
            }));
    Thread.startVirtualThread(fetching);
    return new Window(pages, end, fetching);
  }

  /// The chunks of the current series: replica by replica, then by time.
  private void collect(PageWindow pages) throws IOException {
    chunks.clear();
    int replica = from;
    List<SentChunks.StoredChunk> stored = new ArrayList<>();
    for (int i = from; i < end; i++) {
      ChunkRow row = rows.get(i);
      if (!row.stored().equals(rows.get(replica).stored())) {
        append(stored, replica);
        replica = i;
      }
      BlockRows part = selected.get(row.part());
      try {
        pages.forEach(
            row.part(),
            row.index(),
            (encoding, min, max, bytes, at, length) -> {
              if (min <= wanted.range().endMillis() && max >= wanted.range().startMillis()) {
                stored.add(
                    new SentChunks.StoredChunk(
                        new ChunkRecord(encoding, min, max, bytes, at, length),
                        part.shard().block().ulid()));
              }
            });
      } catch (IOException e) {
        throw ChunkSamples.corrupt(e, part.chunksName(), row.stored());
      }
    }
    boolean replicas = replica > from;
    append(stored, replica);
    if (replicas) {
      chunks.sort(
          Comparator.comparingLong(ChunkRecord::minTimeMillis)
              .thenComparingLong(ChunkRecord::maxTimeMillis));
    }
  }

  private void append(List<SentChunks.StoredChunk> stored, int row) throws IOException {
    try {
      SentChunks.append(stored, chunks);
    } catch (IOException e) {
      ChunkRow first = rows.get(row);
      throw ChunkSamples.corrupt(e, selected.get(first.part()).chunksName(), first.stored());
    }
    stored.clear();
  }

  @Override
  public Labels labels() {
    return rows.get(from).labels();
  }

  @Override
  public List<ChunkRecord> chunks() {
    return chunks;
  }

  @Override
  public List<String> warnings() {
    return wanted.warnings();
  }

  @Override
  public List<String> blocks() {
    return selected.stream().map(s -> s.shard().block().ulid().toString()).distinct().toList();
  }

  @Override
  public void close() {
    chunks.clear();
    end = rows.size();
    for (Window w : new Window[] {current, next}) {
      if (w != null) {
        w.fetching().cancel(true);
      }
    }
  }
}
