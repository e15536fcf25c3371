package io.lamella.storage.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The runs of a shard in row order: the sort key's value, the rows, and statistics of the samples
/// in each data column. The values of each label of the key are stored in a dictionary and
/// referenced by their number; an absent label has the value "". Immutable.
public final class RunDirectory {
  private final List<String> labels;
  private final List<List<String>> values;
  private final int[][] codes;
  private final int[] ends;
  private final ValueStatistics[][] statistics;

  private RunDirectory(
      List<String> labels,
      List<List<String>> values,
      int[][] codes,
      int[] ends,
      ValueStatistics[][] statistics) {
    this.labels = labels;
    this.values = values;
    this.codes = codes;
    this.ends = ends;
    this.statistics = statistics;
  }

  /// The labels of the sort key, in its order.
  public List<String> labels() {
    return labels;
  }

  public int runs() {
    return ends.length;
  }

  /// The distinct values of a label of the key, each once; a run's code is an index into this list.
  public List<String> values(int label) {
    return values.get(label);
  }

  public int code(int label, int run) {
    return codes[label][run];
  }

  public String value(int label, int run) {
    return values.get(label).get(codes[label][run]);
  }

  /// The first row of a run, counted from the start of the shard.
  public int firstRow(int run) {
    return run == 0 ? 0 : ends[run - 1];
  }

  /// The row after the last row of a run.
  public int endRow(int run) {
    return ends[run];
  }

  /// How many rows all runs have together.
  public int rows() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  public int dataColumns() {
    return statistics.length;
  }

  /// Statistics of a run's samples in a data column; not to be changed.
  public ValueStatistics statistics(int column, int run) {
    return statistics[column][run];
  }

  /// The approximate number of bytes that this uses in memory.
  public long weight() {
    long bytes = 64L * ends.length * Math.max(1, statistics.length);
    for (List<String> all : values) {
      for (String s : all) {
        bytes += 48 + s.length();
      }
    }
    return bytes + 4L * ends.length * (1 + labels.size());
  }

  /// Builds a directory from runs in row order.
  public static final class RunsBuilder {
    private final List<String> labels;
    private final List<List<String>> keys = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final List<ValueStatistics[]> statistics = new ArrayList<>();
    private final int dataColumns;

    public RunsBuilder(List<String> labels, int dataColumns) {
      this.labels = List.copyOf(labels);
      this.dataColumns = dataColumns;
    }

    /// @param key a value for each label of the key, "" for an absent one
    /// @param rows of the run
    /// @param columns its statistics, one for each data column; copied
    public void add(List<String> key, int rows, ValueStatistics[] columns) {
      if (rows < 1 || key.size() != labels.size() || columns.length != dataColumns) {
        throw new IllegalArgumentException("cannot add run " + key + " of " + rows + " rows");
      }
      keys.add(List.copyOf(key));
      ends.add(Math.addExact(ends.isEmpty() ? 0 : ends.getLast(), rows));
      ValueStatistics[] copies = new ValueStatistics[dataColumns];
      Arrays.setAll(copies, c -> columns[c].copy());
      statistics.add(copies);
    }

    public RunDirectory build() {
      List<List<String>> values = new ArrayList<>();
      int[][] codes = new int[labels.size()][keys.size()];
      for (int l = 0; l < labels.size(); l++) {
        int label = l;
        List<String> distinct = keys.stream().map(k -> k.get(label)).distinct().sorted().toList();
        java.util.Map<String, Integer> numbers = new java.util.HashMap<>();
        for (String v : distinct) {
          numbers.put(v, numbers.size());
        }
        for (int r = 0; r < keys.size(); r++) {
          codes[l][r] = java.util.Objects.requireNonNull(numbers.get(keys.get(r).get(l)));
        }
        values.add(distinct);
      }
      ValueStatistics[][] byColumn = new ValueStatistics[dataColumns][keys.size()];
      for (int c = 0; c < dataColumns; c++) {
        for (int r = 0; r < keys.size(); r++) {
          byColumn[c][r] = statistics.get(r)[c];
        }
      }
      return new RunDirectory(
          labels,
          List.copyOf(values),
          codes,
          ends.stream().mapToInt(Integer::intValue).toArray(),
          byColumn);
    }
  }
}
