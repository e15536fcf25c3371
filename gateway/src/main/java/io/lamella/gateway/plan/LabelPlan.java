package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.read.ColumnPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What to read of one row group's labels.
///
/// @param rowGroup its number in the file
/// @param firstRow its first row, counted from the start of the shard
/// @param candidates rows that may match; every row that matches is among them
/// @param matchers those that must be tested row by row, each with its column
/// @param columns the label columns to read, in leaf order, those of the matchers included
/// @param known labels whose values the directory of runs holds, so that they are not read
/// @param times where a row must also have samples within a range, by the times of its first and
///   last
/// @param hash the column of series hashes, where rows of several blocks are told apart by it
/// @param answers data columns whose chunks need not be read, as statistics answer for them
public record LabelPlan(
    int rowGroup,
    long firstRow,
    RowRanges candidates,
    List<ColumnMatcher> matchers,
    List<ColumnPages> columns,
    Optional<KnownLabels> known,
    Optional<TimeFilter> times,
    Optional<ColumnPages> hash,
    List<StatisticsColumn> answers) {
  /// A matcher and the position of its column in `columns`.
  public record ColumnMatcher(Matcher matcher, int column) {}

  /// The columns of first and last sample times, and the range that a row's must touch.
  public record TimeFilter(ColumnPages first, ColumnPages last, TimeRange range) {}

  /// Labels of the sort key that the caller wants, by their numbers in the directory.
  public record KnownLabels(RunDirectory runs, List<Integer> labels) {}

  public LabelPlan {
    matchers = List.copyOf(matchers);
    columns = List.copyOf(columns);
    answers = List.copyOf(answers);
  }

  /// The columns that hold a number a row, in the order in which they are read.
  public List<ColumnPages> numberColumns() {
    List<ColumnPages> out = new ArrayList<>();
    times.ifPresent(t -> {
      out.add(t.first());
      out.add(t.last());
    });
    for (StatisticsColumn a : answers) {
      out.add(a.samples());
      a.values().ifPresent(out::add);
    }
    return out;
  }

  /// True where every candidate matches, so that chunk pages need not wait for label pages.
  public boolean isExact() {
    return matchers.isEmpty() && times.isEmpty();
  }
}
