package io.lamella.storage.block.verify;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ValuePage;
import java.io.IOException;
import java.util.Optional;

/// One data column of a row group, read row by row.
final class DataColumnReader {
  private final ValueColumnCheck column;
  private int page = -1;
  private Optional<ValuePage> values = Optional.empty();

  DataColumnReader(ValueColumnCheck column) {
    this.column = column;
  }

  /// Moves to a row of the row group; rows must not descend.
  ///
  /// @return false where its page cannot be read
  boolean seek(int row) throws IOException {
    ColumnCursor cursor = column.cursor();
    while (page < 0 || row >= cursor.pages().endRow(page)) {
      page++;
      try {
        values = Optional.of(column.values(page));
      } catch (CorruptBlockException e) {
        values = Optional.empty();
        column.findings().addUnreadable(cursor.object(), cursor.place(page), e);
      }
    }
    return values.isPresent();
  }

  /// The page of the last row that [#seek] moved to; present where it returned true.
  ValuePage values() {
    return values.orElseThrow();
  }

  /// The number within the page of a row of the row group.
  int rowInPage(int row) {
    return row - column.cursor().pages().firstRow(page);
  }

  /// The position of the page, for findings.
  String place() {
    return "column=" + column.cursor().name() + " page=" + page;
  }
}
