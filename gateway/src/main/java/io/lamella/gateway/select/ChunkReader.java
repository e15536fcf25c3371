package io.lamella.gateway.select;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.ShardMetadataCache.BlockFile;
import io.lamella.gateway.plan.BlockPlanner;
import io.lamella.gateway.plan.LabelPlan;
import io.lamella.gateway.plan.StatisticsAnswer;
import io.lamella.gateway.read.RangeReader;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ParquetFileMetadata;
import io.lamella.storage.block.read.ValuePage;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Fetches the chunk pages of matched rows: all data columns of all blocks that the range touches,
/// in one wave.
final class ChunkReader {
  private ChunkReader() {}

  /// Rows that may turn out not to match are worth fetching together with their labels up to so
  /// many bytes a row group: less than what a round trip more costs.
  private static final long EAGER_BYTES = 256 << 10;

  /// The chunk pages of a plan's candidates, where they are to be fetched without waiting for its
  /// label pages.
  static Optional<RangeReader.Wanted> ahead(
      BlockMeta block, BlockFile chunks, LabelPlan plan, TimeRange range)
      throws CorruptBlockException {
    List<ByteRange> ranges = new ArrayList<>();
    for (ColumnPages column :
        columns(block, chunks, plan.rowGroup(), plan.answers(), range).values()) {
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
  private record Wanted(int number, ColumnPages column, int[] pages) {}

  /// The data columns of each element of `selected`, in order of time.
  static List<List<DataColumn>> fetch(
      List<BlockRows> selected,
      TimeRange range,
      RangeReader reader,
      QueryBudget budget,
      Explained explained)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    List<List<Wanted>> wanted = new ArrayList<>();
    List<RangeReader.Wanted> wave = new ArrayList<>();
    for (BlockRows s : selected) {
      List<ByteRange> ranges = new ArrayList<>();
      List<Wanted> ofRows = new ArrayList<>();
      columns(s.block(), s.chunksFile(), s.rows().rowGroup(), s.rows().answers(), range)
          .forEach((number, column) -> {
            int[] pages = BlockPlanner.pagesOfRows(column, s.rows().rows());
            for (int p : pages) {
              if (s.ahead().isEmpty()) {
                ranges.add(column.range(p));
              }
            }
            ofRows.add(new Wanted(number, column, pages));
          });
      wanted.add(ofRows);
      wave.add(new RangeReader.Wanted(s.chunksFile().file(), ranges));
    }
    List<RangeReader.Fetched> fetched = reader.wave(wave, budget);
    explained.wave("chunks", wave, begun);
    long decoding = System.nanoTime();
    List<List<DataColumn>> out = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      BlockRows s = selected.get(i);
      SortedMap<Integer, DataColumn> columns = new TreeMap<>();
      for (Wanted w : wanted.get(i)) {
        RangeReader.Fetched bytes = s.ahead().orElse(fetched.get(i));
        columns.put(w.number(), decode(w, bytes, s.chunksFile().version().key().name()));
      }
      for (StatisticsAnswer a : s.rows().answers()) {
        long[] samples = s.rows().numbers(a.samples());
        columns.put(
            a.dataColumn(),
            new DataColumn.Known(
                a, samples, a.values().map(s.rows()::numbers).orElse(new long[samples.length])));
      }
      out.add(List.copyOf(columns.values()));
    }
    explained.stage("decode chunk pages", decoding);
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
    return new DataColumn.Pages(w.column(), pages);
  }

  /// The data columns of a row group that the range touches and statistics do not answer for, by
  /// number, which is by time.
  static SortedMap<Integer, ColumnPages> columns(
      BlockMeta block,
      BlockFile chunks,
      int rowGroup,
      List<StatisticsAnswer> answers,
      TimeRange range)
      throws CorruptBlockException {
    ParquetFileMetadata.RowGroup group = chunks.metadata().rowGroups().get(rowGroup);
    int count =
        BlockSchema.dataColumns(
            block.minTimeMillis(), block.maxTimeMillis() - 1, block.columnMillis());
    SortedMap<Integer, ColumnPages> out = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      if (answers.stream().anyMatch(a -> a.dataColumn() == number)) {
        continue;
      }
      long start = block.minTimeMillis() + i * block.columnMillis();
      if (start <= range.endMillis() && range.startMillis() < start + block.columnMillis()) {
        out.put(
            i,
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
