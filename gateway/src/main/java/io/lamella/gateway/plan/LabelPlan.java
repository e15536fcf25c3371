package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.object.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What to read of one row group's label file.
///
/// @param rows that may match; every row that matches is among them
/// @param tests that a candidate row must pass to match
/// @param columns to read
/// @param statistics data columns whose chunks need not be read
public record LabelPlan(
    CandidateRows rows, RowTests tests, LabelColumns columns, List<StatisticsColumn> statistics) {
  /// @param rowGroup its number in the file
  /// @param firstRow of the row group, counted from the start of the shard
  /// @param ranges of the candidates, counted from the start of the row group
  public record CandidateRows(int rowGroup, long firstRow, RowRanges ranges) {}

  /// @param matchers to test row by row
  /// @param times to compare with the row's first and last sample time
  public record RowTests(List<ColumnMatcher> matchers, Optional<TimeFilter> times) {
    public RowTests {
      matchers = List.copyOf(matchers);
    }

    public boolean isEmpty() {
      return matchers.isEmpty() && times.isEmpty();
    }
  }

  /// A matcher and the index of its column in [LabelColumns#read].
  public record ColumnMatcher(Matcher matcher, int column) {}

  /// The columns of first and last sample times, and the range in which a row must have a sample.
  public record TimeFilter(ColumnPages first, ColumnPages last, TimeRange range) {}

  /// @param read label columns, in the order of the file, those of the matchers included
  /// @param key projected labels of the sort key, which need no reading
  /// @param hash the column of series hashes, where series are distinguished by it
  public record LabelColumns(
      List<ColumnPages> read, Optional<KeyLabels> key, Optional<ColumnPages> hash) {
    public LabelColumns {
      read = List.copyOf(read);
    }
  }

  /// Labels of the sort key, by their numbers in the directory of runs, which holds their values.
  public record KeyLabels(RunDirectory runs, List<Integer> labels) {
    public KeyLabels {
      labels = List.copyOf(labels);
    }
  }

  public LabelPlan {
    statistics = List.copyOf(statistics);
  }

  public int rowGroup() {
    return rows.rowGroup();
  }

  public RowRanges candidates() {
    return rows.ranges();
  }

  /// The columns that hold a number a row, in the order in which they are read.
  public List<ColumnPages> numberColumns() {
    List<ColumnPages> out = new ArrayList<>();
    tests
        .times()
        .ifPresent(t -> {
          out.add(t.first());
          out.add(t.last());
        });
    for (StatisticsColumn s : statistics) {
      out.add(s.samples());
      s.values().ifPresent(out::add);
    }
    return out;
  }

  /// All columns of which pages are read.
  public List<ColumnPages> allColumns() {
    List<ColumnPages> out = new ArrayList<>(columns.read());
    out.addAll(numberColumns());
    columns.hash().ifPresent(out::add);
    return out;
  }

  /// The dictionaries and pages to fetch: those that hold a value of a candidate row.
  public List<ByteRange> ranges() {
    List<ByteRange> out = new ArrayList<>();
    for (ColumnPages c : columns.read()) {
      int[] pages = BlockPlanner.pagesWithValues(c, candidates());
      if (pages.length > 0) {
        c.dictionary().ifPresent(out::add);
      }
      add(c, pages, out);
    }
    numberColumns().forEach(c -> add(c, BlockPlanner.pagesWithValues(c, candidates()), out));
    columns.hash().ifPresent(c -> add(c, BlockPlanner.pagesWithValues(c, candidates()), out));
    return out;
  }

  private static void add(ColumnPages column, int[] pages, List<ByteRange> out) {
    for (int p : pages) {
      out.add(column.range(p));
    }
  }
}
