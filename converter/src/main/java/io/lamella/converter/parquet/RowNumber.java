package io.lamella.converter.parquet;

import io.lamella.storage.block.BlockSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/// A column of the labels file that holds one number a row.
///
/// @param value the number, a float as its bits
record RowNumber(String name, ColumnKind kind, ToLongFunction<SeriesRow> value) {
  /// All of them, in order of their names.
  static List<RowNumber> columns(int dataColumns) {
    List<RowNumber> out = new ArrayList<>();
    out.add(new RowNumber(BlockSchema.FIRST_TIME, ColumnKind.TIME, r -> r.firstTimeMillis));
    out.add(new RowNumber(BlockSchema.LAST_TIME, ColumnKind.TIME, r -> r.lastTimeMillis));
    for (int i = 0; i < dataColumns; i++) {
      int c = i;
      out.add(
          new RowNumber(BlockSchema.samples(i), ColumnKind.COUNT, r -> r.statistics[c].samples()));
      out.add(
          new RowNumber(
              BlockSchema.min(i),
              ColumnKind.VALUE,
              r -> Double.doubleToRawLongBits(r.statistics[c].min())));
      out.add(
          new RowNumber(
              BlockSchema.max(i),
              ColumnKind.VALUE,
              r -> Double.doubleToRawLongBits(r.statistics[c].max())));
    }
    out.sort(Comparator.comparing(RowNumber::name));
    return out;
  }

  long of(SeriesRow row) {
    return value.applyAsLong(row);
  }
}
