package io.lamella.gateway.select;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.LayoutCache.BlockFile;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.read.RangeReader;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.FileLayout;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fetches the chunk pages of matched rows: all data columns of all blocks that the range touches,
/// in one wave.
final class ChunkReader {
  private ChunkReader() {}

  /// The decoded pages of one data column for the rows of one [BlockRows].
  static final class DataColumn {
    private final ColumnPages column;
    private final ValuePage[] pages;

    DataColumn(ColumnPages column, ValuePage[] pages) {
      this.column = column;
      this.pages = pages;
    }

    ValuePage page(int row) {
      return pages[column.pageOfRow(row)];
    }

    int rowInPage(int row) {
      return row - column.firstRow(column.pageOfRow(row));
    }
  }

  /// Rows that may turn out not to match are worth fetching together with their labels up to so
  /// many bytes a row group: less than what a round trip more costs.
  private static final long EAGER_BYTES = 256 << 10;

  /// The chunk pages of a plan's candidates, where they are to be fetched without waiting for its
  /// label pages.
  static Optional<RangeReader.Wanted> ahead(
      BlockMeta block, BlockFile chunks, LabelPlan plan, TimeRange range)
      throws CorruptBlockException {
    List<ByteRange> ranges = new ArrayList<>();
    for (ColumnPages column : columns(block, chunks, plan.rowGroup(), range)) {
      for (int p : BlockPlanner.pagesWithValues(column, plan.candidates())) {
        ranges.add(column.range(p));
      }
    }
    long bytes = ranges.stream().mapToLong(ByteRange::length).sum();
    return plan.isExact() || bytes <= EAGER_BYTES
        ? Optional.of(new RangeReader.Wanted(chunks.file(), ranges))
        : Optional.empty();
  }

  /// One data column to fetch.
  private record Wanted(int rows, ColumnPages column, int[] pages) {}

  /// The data columns of each element of `selected`, in order of time.
  static List<List<DataColumn>> fetch(
      List<BlockRows> selected, TimeRange range, RangeReader reader, QueryBudget budget)
      throws IOException, InterruptedException {
    List<Wanted> wanted = new ArrayList<>();
    List<RangeReader.Wanted> wave = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      BlockRows s = selected.get(i);
      List<ByteRange> ranges = new ArrayList<>();
      for (ColumnPages column : columns(s.block(), s.chunksFile(), s.rows().rowGroup(), range)) {
        int[] pages = BlockPlanner.pagesOfRows(column, s.rows().rows());
        for (int p : pages) {
          if (s.ahead().isEmpty()) {
            ranges.add(column.range(p));
          }
        }
        wanted.add(new Wanted(i, column, pages));
      }
      wave.add(new RangeReader.Wanted(s.chunksFile().file(), ranges));
    }
    List<RangeReader.Fetched> fetched = reader.wave(wave, budget);
    List<List<DataColumn>> out = new ArrayList<>();
    selected.forEach(s -> out.add(new ArrayList<>()));
    for (Wanted w : wanted) {
      BlockRows s = selected.get(w.rows());
      RangeReader.Fetched bytes = s.ahead().orElse(fetched.get(w.rows()));
      String place = s.chunksFile().version().key().name();
      out.get(w.rows()).add(decode(w, bytes, place));
    }
    return out;
  }

  private static DataColumn decode(Wanted w, RangeReader.Fetched fetched, String place)
      throws CorruptBlockException {
    ValuePage[] pages = new ValuePage[w.column().pages()];
    try {
      for (int p : w.pages()) {
        pages[p] =
            ValuePage.decode(
                w.column(),
                fetched.slice(w.column().range(p)),
                w.column().endRow(p) - w.column().firstRow(p),
                place);
      }
    } catch (CorruptBlockException e) {
      fetched.forget();
      throw e;
    }
    return new DataColumn(w.column(), pages);
  }

  /// The data columns of a row group that the range touches, by time.
  private static List<ColumnPages> columns(
      BlockMeta block, BlockFile chunks, int rowGroup, TimeRange range)
      throws CorruptBlockException {
    FileLayout.RowGroup group = chunks.layout().rowGroups().get(rowGroup);
    int count =
        BlockSchema.dataColumns(
            block.minTimeMillis(), block.maxTimeMillis() - 1, block.columnMillis());
    List<ColumnPages> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long start = block.minTimeMillis() + i * block.columnMillis();
      if (start <= range.endMillis() && range.startMillis() < start + block.columnMillis()) {
        int number = i;
        out.add(
            group
                .column(BlockSchema.dataColumn(i))
                .orElseThrow(() ->
                    new CorruptBlockException(
                        "cannot read chunks: no column \""
                            + BlockSchema.dataColumn(number)
                            + "\" [object="
                            + chunks.version().key()
                            + "]; convert this block again")));
      }
    }
    return out;
  }
}
