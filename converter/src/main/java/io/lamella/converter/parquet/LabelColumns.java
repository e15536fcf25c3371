package io.lamella.converter.parquet;

/// The labels of consecutive rows, column by column: for each label name the rows that have it, and
/// their values. Takes time in proportion to the labels, not to rows times columns: a shard may
/// have thousands of columns with few values each.
final class LabelColumns {
  private final int[] starts;
  private final int[] rows;
  private final int[] values;

  private LabelColumns(int[] starts, int[] rows, int[] values) {
    this.starts = starts;
    this.rows = rows;
    this.values = values;
  }

  /// Transposes rows `[from, end)`.
  ///
  /// @param columnOf the column of each label name, by symbol number
  /// @param columns how many there are
  static LabelColumns of(BufferedRows all, int from, int end, int[] columnOf, int columns) {
    int[] starts = new int[columns + 1];
    for (int i = all.start(from); i < all.start(end); i += 2) {
      starts[columnOf[all.symbol(i)] + 1]++;
    }
    for (int c = 0; c < columns; c++) {
      starts[c + 1] += starts[c];
    }
    int[] next = starts.clone();
    int[] rows = new int[starts[columns]];
    int[] values = new int[starts[columns]];
    for (int r = from; r < end; r++) {
      for (int i = all.start(r); i < all.start(r + 1); i += 2) {
        int at = next[columnOf[all.symbol(i)]]++;
        rows[at] = r - from;
        values[at] = all.symbol(i + 1);
      }
    }
    return new LabelColumns(starts, rows, values);
  }

  /// The position of a column's first value; its values end at that of the next column.
  int start(int column) {
    return starts[column];
  }

  /// The row of a value, counted from the first row; ascending within a column.
  int row(int position) {
    return rows[position];
  }

  /// The symbol number of a value.
  int value(int position) {
    return values[position];
  }
}
