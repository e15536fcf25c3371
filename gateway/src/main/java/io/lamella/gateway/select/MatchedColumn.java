package io.lamella.gateway.select;

import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ValuePage;

/// What is known of one data column for the rows of one [BlockRows].
sealed interface MatchedColumn {
  /// Its pages, decoded as far as they hold such rows.
  record Pages(ColumnPages column, ValuePage[] pages) implements MatchedColumn {
    ValuePage page(int row) {
      return pages[column.pageOfRow(row)];
    }

    int rowInPage(int row) {
      return row - column.firstRow(column.pageOfRow(row));
    }
  }

  /// Samples that stand for those of the rows.
  ///
  /// @param samples how many a row has; `values`, the bits of the value that they have
  record FromStatistics(StatisticsColumn answer, long[] samples, long[] values)
      implements MatchedColumn {}
}
