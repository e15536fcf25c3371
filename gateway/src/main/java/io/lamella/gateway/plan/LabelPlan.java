package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.read.ColumnPages;
import java.util.List;
import java.util.Optional;

/// What to read of one row group's labels.
///
/// @param rowGroup its number in the file
/// @param candidates rows that may match; every row that matches is among them
/// @param matchers those that must be tested row by row, each with its column
/// @param columns the label columns to read, in leaf order, those of the matchers included
/// @param times where a row must also have samples within a range, by the times of its first and
///   last
public record LabelPlan(
    int rowGroup,
    RowRanges candidates,
    List<ColumnMatcher> matchers,
    List<ColumnPages> columns,
    Optional<TimeFilter> times) {
  /// A matcher and the position of its column in `columns`.
  public record ColumnMatcher(Matcher matcher, int column) {}

  /// The columns of first and last sample times, and the range that a row's must touch.
  public record TimeFilter(ColumnPages first, ColumnPages last, TimeRange range) {}

  public LabelPlan {
    matchers = List.copyOf(matchers);
    columns = List.copyOf(columns);
  }
}
