package io.lamella.gateway.select;

import io.lamella.gateway.plan.StatisticsColumn;
import io.lamella.storage.block.read.ColumnPages;
import io.lamella.storage.block.read.ValuePage;

/// One data column of the rows of one [BlockRows].
sealed interface MatchedColumn {
  /// Chunks, in pages that are decoded as far as they hold matching rows. Owns its pages.
  final class Chunks implements MatchedColumn {
    private final ColumnPages column;
    private final ValuePage[] pages;

    /// @param pages by page number; null where no matching row lies in the page
    Chunks(ColumnPages column, ValuePage[] pages) {
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

  /// Samples computed from statistics, which replace those of the rows.
  final class FromStatistics implements MatchedColumn {
    private final StatisticsColumn statistics;
    private final long[] samples;
    private final long[] values;

    /// @param samples how many each matching row has
    /// @param values the value that each row's samples have, as bits
    FromStatistics(StatisticsColumn statistics, long[] samples, long[] values) {
      this.statistics = statistics;
      this.samples = samples;
      this.values = values;
    }

    StatisticsColumn statistics() {
      return statistics;
    }

    long samples(int i) {
      return samples[i];
    }

    double value(int i) {
      return Double.longBitsToDouble(values[i]);
    }
  }
}
