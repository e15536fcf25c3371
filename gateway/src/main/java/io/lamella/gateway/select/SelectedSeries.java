package io.lamella.gateway.select;

import io.lamella.gateway.plan.NeededTimes;
import io.lamella.gateway.plan.RowRequest;
import io.lamella.gateway.plan.RowRequest.SeriesIdentity;
import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.TimeRange;
import io.lamella.promql.source.SeriesSet;
import io.lamella.storage.block.ChunkRecord;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.chunk.SampleMerge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The series of a selection in label order. Rows with equal labels in several blocks are one
/// series; its chunks are decoded when it is read.
final class SelectedSeries implements SeriesSet {
  private final List<MatchedRow> rows;
  private final List<BlockRows> selected;
  private final List<List<MatchedColumn>> columns;

  /// What is needed of each part.
  private final List<NeededTimes> needed;

  private final List<Piece> pieces = new ArrayList<>();

  private final SeriesIdentity identity;

  /// Releases the pages that all parts share.
  private final Runnable onClose;

  /// Of a part none, until it is read once more.
  private MatchedColumn.MemoryWait memoryWait;

  private int from;
  private int end;

  /// A matched row: the `index`-th of `selected.get(part)`.
  ///
  /// @param hash of all its labels, where `labels` are only some of them and there are several
  ///   blocks; else 0
  record MatchedRow(Labels labels, long hash, int part, int index) {}

  /// Samples of the current series in a closed range of time.
  private sealed interface Piece {
    /// The row that they are of, [#rows].
    int row();

    long minTimeMillis();

    long maxTimeMillis();
  }

  /// An encoded chunk.
  ///
  /// @param needed the times of which samples are needed, at most those between
  private record Chunk(int row, ChunkRecord record, TimeRange needed, String objectName)
      implements Piece {
    @Override
    public long minTimeMillis() {
      return record.minTimeMillis();
    }

    @Override
    public long maxTimeMillis() {
      return record.maxTimeMillis();
    }
  }

  /// Samples of one value at even intervals, computed from statistics.
  private record EvenSamples(
      int row, long minTimeMillis, long maxTimeMillis, int samples, double value) implements Piece {
    void appendTo(SampleColumns into) {
      long length = maxTimeMillis - minTimeMillis;
      for (int i = 0; i < samples; i++) {
        long t = samples == 1 ? maxTimeMillis : minTimeMillis + length * i / (samples - 1);
        into.add(t, value);
      }
    }
  }

  /// @param rows sorted by labels, then by hash, then by part, which is by block start
  SelectedSeries(
      List<MatchedRow> rows,
      List<BlockRows> selected,
      List<List<MatchedColumn>> columns,
      RowRequest request) {
    this.rows = rows;
    this.selected = selected;
    this.columns =
        columns.stream().map(part -> part.stream().map(MatchedColumn::forReader).toList()).toList();
    this.needed =
        selected.stream()
            .map(s ->
                request
                    .within(
                        new TimeRange(
                            s.shard().block().minTimeMillis(), s.shard().block().maxTimeMillis()))
                    .neededTimes())
            .toList();
    this.identity = request.labels().identity();
    this.memoryWait = MatchedColumn.MemoryWait.UNTIL_FREE;
    this.onClose = this::releasePages;
  }

  /// Some of the series of a selection, which share its pages.
  private SelectedSeries(SelectedSeries all, List<MatchedRow> rows) {
    this.rows = rows;
    this.selected = all.selected;
    this.columns = all.columns;
    this.needed = all.needed;
    this.identity = all.identity;
    this.memoryWait = MatchedColumn.MemoryWait.NONE;
    this.onClose = () -> {};
  }

  @Override
  public int divisible() {
    return rows.size() - end;
  }

  @Override
  public SeriesSet part(int maxSeries) {
    int first = end;
    for (int n = 0; n < maxSeries && end < rows.size(); n++) {
      end = afterSeries(end);
    }
    from = end;
    return new SelectedSeries(this, new ArrayList<>(rows.subList(first, end)));
  }

  @Override
  public void rewind() {
    memoryWait = MatchedColumn.MemoryWait.UNTIL_FREE;
    for (int i = 0; i < from; i++) {
      int row = rowInGroup(i);
      chunks(i, c -> c.unread(row));
    }
    for (int i = 0; i < rows.size(); i++) {
      int row = rowInGroup(i);
      chunks(i, c -> c.drop(row));
    }
    from = 0;
    end = 0;
  }

  /// The row after those of the series that begins with a row.
  private int afterSeries(int first) {
    int after = first + 1;
    while (after < rows.size() && isSameSeries(rows.get(after - 1), rows.get(after), identity)) {
      after++;
    }
    return after;
  }

  @Override
  public boolean next() {
    passed();
    from = end;
    if (from >= rows.size()) {
      return false;
    }
    end = afterSeries(from);
    return true;
  }

  /// Releases the pages that hold no row after the current series.
  private void passed() {
    for (int i = from; i < end; i++) {
      int row = rowInGroup(i);
      chunks(i, c -> c.passed(row));
    }
  }

  private int rowInGroup(int i) {
    MatchedRow row = rows.get(i);
    return selected.get(row.part()).rows().rows()[row.index()];
  }

  private void chunks(int i, Consumer<MatchedColumn.Chunks> then) {
    for (MatchedColumn column : columns.get(rows.get(i).part())) {
      if (column instanceof MatchedColumn.Chunks chunks) {
        then.accept(chunks);
      }
    }
  }

  /// True where two neighbouring rows are of one series. Where only some labels of the rows were
  /// read, rows of different blocks are one series if their hashes are equal.
  static boolean isSameSeries(MatchedRow a, MatchedRow b, SeriesIdentity identity) {
    return a.labels().equals(b.labels())
        && (identity == SeriesIdentity.LABELS
            || a.part() != b.part() && a.hash() == b.hash() && a.hash() != 0);
  }

  @Override
  public Labels labels() {
    return rows.get(from).labels();
  }

  @Override
  public void read(SampleColumns into) {
    try {
      collect();
      for (int i = 0; i < pieces.size(); ) {
        int end = overlappingEnd(i);
        if (end == i + 1) {
          append(pieces.get(i), into);
        } else {
          readMerged(pieces.subList(i, end), into);
        }
        i = end;
      }
    } catch (IOException e) {
      throw RowSelector.failure(e);
    }
  }

  /// The piece after those that overlap in time with the `i`-th, directly or through others.
  private int overlappingEnd(int i) {
    long max = pieces.get(i).maxTimeMillis();
    int end = i + 1;
    while (end < pieces.size() && pieces.get(end).minTimeMillis() <= max) {
      max = Math.max(max, pieces.get(end).maxTimeMillis());
      end++;
    }
    return end;
  }

  private void append(Piece p, SampleColumns into) throws IOException {
    switch (p) {
      case Chunk c -> decode(c, into);
      case EvenSamples s -> s.appendTo(into);
    }
  }

  /// Collects the chunks of the current series that overlap the range, by time.
  private void collect() throws IOException {
    pieces.clear();
    for (int i = from; i < end; i++) {
      MatchedRow row = rows.get(i);
      BlockRows part = selected.get(row.part());
      int rowInGroup = part.rows().rows()[row.index()];
      String objectName = part.chunksName();
      for (MatchedColumn column : columns.get(row.part())) {
        try {
          switch (column) {
            case MatchedColumn.Chunks chunks -> collect(chunks, i, rowInGroup, objectName);
            case MatchedColumn.FromStatistics statistics ->
                evenSamples(statistics, i, row.index()).ifPresent(pieces::add);
          }
        } catch (IOException e) {
          throw corrupt(e, objectName);
        }
      }
    }
    if (!areByTime()) {
      pieces.sort(Comparator.comparingLong(Piece::minTimeMillis));
    }
  }

  private boolean areByTime() {
    for (int i = 1; i < pieces.size(); i++) {
      if (pieces.get(i - 1).minTimeMillis() > pieces.get(i).minTimeMillis()) {
        return false;
      }
    }
    return true;
  }

  private void collect(MatchedColumn.Chunks pages, int row, int rowInGroup, String objectName)
      throws IOException {
    ValuePage page = pages.page(rowInGroup, memoryWait);
    int rowInPage = pages.rowInPage(rowInGroup);
    NeededTimes times = needed.get(rows.get(row).part());
    ChunkRecord.forEach(
        page.bytes(),
        page.from(rowInPage),
        page.length(rowInPage),
        (encoding, min, max, bytes, at, length) -> {
          if (times.overlap(min, max)) {
            ChunkRecord record = new ChunkRecord(encoding, min, max, bytes, at, length);
            pieces.add(new Chunk(row, record, times.between(min, max), objectName));
          }
        });
  }

  /// The samples that replace those of the `i`-th matching row.
  private static Optional<EvenSamples> evenSamples(
      MatchedColumn.FromStatistics column, int row, int i) throws IOException {
    StatisticsColumn s = column.statistics();
    long samples = column.samples(i);
    if (samples < 0 || samples > s.maxSamples() || samples > s.lastMillis() - s.firstMillis() + 1) {
      throw new IOException(
          "statistics state " + samples + " samples of a row, its run has " + s.maxSamples());
    }
    if (samples == 0) {
      return Optional.empty();
    }
    int count =
        s.multiplicity() == StatisticsColumn.Multiplicity.ALL ? Math.toIntExact(samples) : 1;
    return Optional.of(
        new EvenSamples(
            row,
            count == 1 ? s.lastMillis() : s.firstMillis(),
            s.lastMillis(),
            count,
            column.value(i)));
  }

  private void decode(Chunk c, SampleColumns into) throws IOException {
    try {
      ChunkSamples.decode(c.record(), c.needed(), into);
    } catch (IOException e) {
      throw corrupt(e, c.objectName());
    }
  }

  private CorruptBlockException corrupt(IOException e, String objectName) {
    return ChunkSamples.corrupt(e, objectName, labels());
  }

  /// Overlapping pieces are from overlapping blocks. Those of one block are decoded one after
  /// another, then all blocks are merged by time; of several samples at one instant that of the
  /// block with the lowest ULID is returned.
  private void readMerged(List<Piece> overlapping, SampleColumns into) throws IOException {
    List<Piece> byBlock = new ArrayList<>(overlapping);
    byBlock.sort(
        Comparator.comparing((Piece p) -> block(p.row()))
            .thenComparingInt(Piece::row)
            .thenComparingLong(Piece::minTimeMillis));
    List<SampleColumns> parts = new ArrayList<>();
    for (int i = 0; i < byBlock.size(); i++) {
      Piece p = byBlock.get(i);
      boolean follows =
          i > 0
              && byBlock.get(i - 1).row() == p.row()
              && byBlock.get(i - 1).maxTimeMillis() < p.minTimeMillis();
      if (!follows) {
        parts.add(new SampleColumns(256));
      }
      append(p, parts.getLast());
    }
    SampleMerge.append(parts, into);
  }

  private Ulid block(int row) {
    return selected.get(rows.get(row).part()).shard().block().ulid();
  }

  private void releasePages() {
    for (List<MatchedColumn> part : columns) {
      for (MatchedColumn column : part) {
        if (column instanceof MatchedColumn.Chunks chunks) {
          chunks.close();
        }
      }
    }
  }

  @Override
  public void close() {
    onClose.run();
    rows.clear();
    end = 0;
    from = 0;
  }
}
