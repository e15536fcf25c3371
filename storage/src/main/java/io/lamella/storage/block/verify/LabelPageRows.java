package io.lamella.storage.block.verify;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.storage.block.ColumnNumbers;
import io.lamella.storage.block.SeriesHash;
import io.lamella.storage.block.read.LabelPage;
import io.lamella.storage.block.read.ValuePage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// The decoded rows of one page of every column of a labels file.
final class LabelPageRows {
  /// A label column in which some row of the page has a value.
  static final class Values {
    private final String label;
    private final LabelColumnCheck column;
    private final int[] codes;

    Values(String label, LabelColumnCheck column, int[] codes) {
      this.label = label;
      this.column = column;
      this.codes = codes;
    }

    String label() {
      return label;
    }

    LabelColumnCheck column() {
      return column;
    }

    int[] codes() {
      return codes;
    }
  }

  private final List<Values> values;
  private final byte[][] numbers;
  private final long[] first;
  private final long[] last;
  private final ValuePage hashes;
  private final List<long[]> statistics;

  /// @param statistics in the order of [StatisticsColumns#columns]
  LabelPageRows(
      List<Values> values,
      byte[][] numbers,
      long[] first,
      long[] last,
      ValuePage hashes,
      List<long[]> statistics) {
    this.statistics = statistics;
    this.values = values;
    this.numbers = numbers;
    this.first = first;
    this.last = last;
    this.hashes = hashes;
  }

  long firstTimeMillis(int row) {
    return first[row];
  }

  List<long[]> statistics() {
    return statistics;
  }

  long lastTimeMillis(int row) {
    return last[row];
  }

  /// The labels of a row, compared with its hash and its column numbers.
  ///
  /// @param place of the row, for findings
  Labels labels(int row, String object, String place, Findings findings) {
    LabelsBuilder out = new LabelsBuilder(values.size());
    int[] columns = new int[values.size()];
    int n = 0;
    for (Values v : values) {
      int code = v.codes()[row];
      if (code != LabelPage.ABSENT) {
        out.add(v.label(), v.column().value(code));
        columns[n++] = v.column().leaf();
      }
    }
    Labels labels = out.build();
    columnNumbers(row, Arrays.copyOf(columns, n), object, place, findings);
    long hash = SeriesHash.of(labels);
    boolean same =
        hashes.length(row) == 8
            && ByteBuffer.wrap(hashes.bytes(), hashes.from(row), 8).getLong() == hash;
    if (!same) {
      findings.add(
          object, place, String.format("the series hash is not %016x, that of %s", hash, labels));
    }
    return labels;
  }

  private void columnNumbers(
      int row, int[] columns, String object, String place, Findings findings) {
    try {
      int[] stated = ColumnNumbers.decode(numbers[row]);
      if (!Arrays.equals(stated, columns)) {
        findings.add(
            object,
            place,
            "the column numbers are "
                + Arrays.toString(stated)
                + ", the row has values in "
                + Arrays.toString(columns));
      }
    } catch (IOException e) {
      findings.add(object, place, String.valueOf(e.getMessage()));
    }
  }
}
