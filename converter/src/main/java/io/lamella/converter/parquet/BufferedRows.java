package io.lamella.converter.parquet;

import java.util.Arrays;

/// Labels and numbers of the rows of a shard. They are held until the shard ends, because only then
/// all its label columns are known. Used by one thread.
final class BufferedRows {
  private final int numbersPerRow;
  private int[] pairs = new int[1 << 10];
  private int[] ends = new int[1 << 6];
  private long[] numbers = new long[1 << 8];
  private int rows;

  BufferedRows(int numbersPerRow) {
    this.numbersPerRow = numbersPerRow;
  }

  /// @param labels symbol numbers: name, value, name, value …, ascending by name
  void add(int[] labels) {
    int from = start(rows);
    int end = Math.addExact(from, labels.length);
    pairs = end > pairs.length ? Arrays.copyOf(pairs, Math.max(end, grown(pairs.length))) : pairs;
    System.arraycopy(labels, 0, pairs, from, labels.length);
    ends = rows == ends.length ? Arrays.copyOf(ends, grown(rows)) : ends;
    ends[rows++] = end;
    int values = Math.multiplyExact(rows, numbersPerRow);
    numbers =
        values > numbers.length
            ? Arrays.copyOf(numbers, Math.max(values, grown(numbers.length)))
            : numbers;
  }

  private static int grown(int length) {
    return Math.addExact(length, length / 2);
  }

  /// Sets a number of the row that was added last.
  void setNumber(int which, long value) {
    numbers[(rows - 1) * numbersPerRow + which] = value;
  }

  int rows() {
    return rows;
  }

  /// The position of a row's first symbol number; those of the row end at that of the next row.
  int start(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  int symbol(int position) {
    return pairs[position];
  }

  /// A row's labels as they were added.
  int[] labels(int row) {
    return Arrays.copyOfRange(pairs, start(row), start(row + 1));
  }

  long number(int row, int which) {
    return numbers[row * numbersPerRow + which];
  }
}
