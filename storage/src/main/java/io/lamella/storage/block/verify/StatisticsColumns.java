package io.lamella.storage.block.verify;

import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.List;

/// The columns of a labels file with statistics of each row's samples in each data column. Blocks
/// of older converters do not have them.
final class StatisticsColumns {
  private StatisticsColumns() {}

  /// The names of the columns, three for each data column.
  static List<String> columns(int dataColumns) {
    List<String> out = new ArrayList<>();
    for (int c = 0; c < dataColumns; c++) {
      out.add(BlockSchema.samples(c));
      out.add(BlockSchema.min(c));
      out.add(BlockSchema.max(c));
    }
    return out;
  }

  /// The columns that the file must have: all of them if it has any.
  static List<String> expected(List<String> there, int dataColumns) {
    List<String> all = columns(dataColumns);
    return all.stream().anyMatch(there::contains) ? all : List.of();
  }

  /// The columns to read: all of them, or none where the file lacks one.
  static List<String> readable(List<String> there) {
    List<String> all =
        columns((int) there.stream().filter(c -> c.startsWith(BlockSchema.SAMPLES_PREFIX)).count());
    return there.containsAll(all) ? all : List.of();
  }

  static boolean isOne(String column) {
    return column.startsWith(BlockSchema.SAMPLES_PREFIX)
        || column.startsWith(BlockSchema.MIN_PREFIX)
        || column.startsWith(BlockSchema.MAX_PREFIX);
  }

  /// Compares the statistics of a row with its samples.
  ///
  /// @param stated in the order of [#columns]; empty where the file has no such columns
  /// @param actual statistics of the samples, one for each data column
  static void check(
      List<long[]> stated,
      int row,
      ValueStatistics[] actual,
      String object,
      String place,
      Findings findings) {
    for (int i = 0; i < Math.min(stated.size(), 3 * actual.length); i++) {
      ValueStatistics s = actual[i / 3];
      long expected =
          switch (i % 3) {
            case 0 -> s.samples();
            case 1 -> Double.doubleToRawLongBits(s.min());
            default -> Double.doubleToRawLongBits(s.max());
          };
      if (stated.get(i)[row] != expected) {
        findings.add(
            object,
            place,
            columns(actual.length).get(i)
                + " is "
                + text(i, stated.get(i)[row])
                + ", its samples say "
                + text(i, expected));
      }
    }
  }

  private static String text(int column, long v) {
    return column % 3 == 0 ? Long.toString(v) : Double.toString(Double.longBitsToDouble(v));
  }
}
