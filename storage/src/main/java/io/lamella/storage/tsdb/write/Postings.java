package io.lamella.storage.tsdb.write;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The postings of an index: for each label pair the list of its series, and a list of all series.
/// Symbols are numbered in order, so the order of pairs is that of names and values.
final class Postings {
  private final Map<Long, Numbers> lists = new HashMap<>();
  private final Numbers all = new Numbers();

  private static final class Numbers {
    private int[] values = new int[4];
    private int size;

    void add(int v) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = v;
    }
  }

  /// Adds a series; numbers ascend.
  void addSeries(int series) {
    all.add(series);
  }

  void add(int name, int value, int series) {
    lists.computeIfAbsent((long) name << 32 | value, pair -> new Numbers()).add(series);
  }

  /// Writes the lists.
  ///
  /// @param symbols the strings that pairs are made of, as UTF-8
  /// @return the table with the offset of each list, to be written after the lists
  ByteSink write(AppendedFile out, byte[][] symbols) throws IOException {
    ByteSink table = new ByteSink();
    table.u32(0);
    table.u32(lists.size() + 1);
    entry(table, new byte[0], new byte[0], list(out, all));
    long[] pairs = lists.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    for (long pair : pairs) {
      Numbers numbers = lists.get(pair);
      if (numbers != null) {
        entry(table, symbols[(int) (pair >>> 32)], symbols[(int) pair], list(out, numbers));
      }
    }
    table.patch(0, table.size() - 4L);
    table.checksum(4);
    return table;
  }

  private static void entry(ByteSink table, byte[] name, byte[] value, long offset) {
    table.uvarint(2);
    table.string(name);
    table.string(value);
    table.uvarint(offset);
  }

  private static long list(AppendedFile out, Numbers numbers) throws IOException {
    out.align(4);
    long offset = out.position();
    ByteSink sink = new ByteSink();
    sink.u32(4L + 4L * numbers.size);
    sink.u32(numbers.size);
    for (int i = 0; i < numbers.size; i++) {
      sink.u32(numbers.values[i] & 0xffffffffL);
    }
    sink.checksum(4);
    out.write(sink);
    return offset;
  }
}
