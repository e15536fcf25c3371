package io.lamella.gateway.plan;

import io.lamella.model.Matcher;
import io.lamella.storage.block.read.ColumnPages;
import java.util.List;

/// What to read of one row group's labels.
///
/// @param rowGroup its number in the file
/// @param candidates rows that may match; every row that matches is among them
/// @param matchers those that must be tested row by row, each with its column
/// @param columns the label columns to read, in leaf order, those of the matchers included
public record LabelPlan(
    int rowGroup, RowRanges candidates, List<ColumnMatcher> matchers, List<ColumnPages> columns) {
  /// A matcher and the position of its column in `columns`.
  public record ColumnMatcher(Matcher matcher, int column) {}

  public LabelPlan {
    matchers = List.copyOf(matchers);
    columns = List.copyOf(columns);
  }
}
