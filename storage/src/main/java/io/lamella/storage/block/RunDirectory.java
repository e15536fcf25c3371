package io.lamella.storage.block;

import io.lamella.model.Utf8Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The runs of a shard in row order: the sort key's value, the rows, and statistics of the samples
/// in each data column. The values of each label of the key are stored in a dictionary and
/// referenced by their number; an absent label has the value "". Immutable.
public final class RunDirectory {
  /// What a value takes in memory besides its characters: its objects and the entries of lists.
  static final long TEXT_BYTES = 64;

  private final List<String> labels;
  private final List<List<String>> values;
  private final int[][] codes;
  private final int[] ends;
  private final RunStatistics[] statistics;

  /// @param codes by label and run, indexes into `values`
  /// @param ends of the runs, ascending
  /// @param statistics one for each data column
  RunDirectory(
      List<String> labels,
      List<List<String>> values,
      int[][] codes,
      int[] ends,
      RunStatistics[] statistics) {
    this.labels = List.copyOf(labels);
    this.values = List.copyOf(values);
    this.codes = codes;
    this.ends = ends;
    this.statistics = statistics;
  }

  /// Statistics of all runs in one data column, run by run.
  static final class RunStatistics {
    final long[] samples;
    final long[] first;
    final long[] last;
    final double[] min;
    final double[] max;
    final byte[] flags;

    RunStatistics(int runs) {
      samples = new long[runs];
      first = new long[runs];
      last = new long[runs];
      min = new double[runs];
      max = new double[runs];
      flags = new byte[runs];
      Arrays.fill(first, Long.MAX_VALUE);
      Arrays.fill(last, Long.MIN_VALUE);
      Arrays.fill(min, Double.POSITIVE_INFINITY);
      Arrays.fill(max, Double.NEGATIVE_INFINITY);
    }

    void set(int run, ValueStatistics s) {
      samples[run] = s.samples();
      first[run] = s.firstMillis();
      last[run] = s.lastMillis();
      min[run] = s.min();
      max[run] = s.max();
      flags[run] = (byte) s.flags();
    }
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

  /// A run's value of the sort key: a value for each label, "" for an absent one.
  public List<String> key(int run) {
    String[] key = new String[labels.size()];
    Arrays.setAll(key, l -> value(l, run));
    return List.of(key);
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

  /// True where a run has a sample in the closed range.
  ///
  /// Other samples of the run may be outside, and there may be none between its first and its last
  /// one: it is true where these bounds overlap the range.
  public boolean overlaps(int column, int run, long startMillis, long endMillis) {
    RunStatistics s = statistics[column];
    return s.samples[run] > 0 && s.first[run] <= endMillis && s.last[run] >= startMillis;
  }

  /// Statistics of a run's samples in a data column.
  public ValueStatistics statistics(int column, int run) {
    RunStatistics s = statistics[column];
    return new ValueStatistics(
        s.samples[run], s.first[run], s.last[run], s.min[run], s.max[run], s.flags[run]);
  }

  RunStatistics statistics(int column) {
    return statistics[column];
  }

  /// The approximate number of bytes that this uses in memory.
  public long weight() {
    long bytes = 0;
    for (List<String> all : values) {
      for (String s : all) {
        bytes += TEXT_BYTES + s.length();
      }
    }
    return bytes + runBytes(ends.length, labels.size(), statistics.length);
  }

  /// The bytes of memory of the numbers of all runs: codes, ends, and for each data column six
  /// arrays.
  static long runBytes(int runs, int labels, int columns) {
    return runs * (4L * (1 + labels) + 41L * columns) + 136L * columns;
  }

  /// Builds a directory from runs in row order.
  public static final class RunsBuilder {
    private final List<String> labels;
    private final List<Map<String, Integer>> numbers = new ArrayList<>();
    private final List<int[]> keys = new ArrayList<>();
    private final List<ValueStatistics[]> statistics = new ArrayList<>();
    private final int dataColumns;
    private int[] ends = new int[16];

    public RunsBuilder(List<String> labels, int dataColumns) {
      this.labels = List.copyOf(labels);
      this.dataColumns = dataColumns;
      labels.forEach(_ -> numbers.add(new HashMap<>()));
    }

    /// @param key a value for each label of the key, "" for an absent one
    /// @param rows of the run
    /// @param columns its statistics, one for each data column; copied
    public void add(List<String> key, int rows, ValueStatistics[] columns) {
      if (rows < 1 || key.size() != labels.size() || columns.length != dataColumns) {
        throw new IllegalArgumentException("cannot add run " + key + " of " + rows + " rows");
      }
      int run = keys.size();
      int[] codes = new int[key.size()];
      for (int l = 0; l < codes.length; l++) {
        Map<String, Integer> known = numbers.get(l);
        codes[l] = known.computeIfAbsent(key.get(l), _ -> known.size());
      }
      keys.add(codes);
      ends = run == ends.length ? Arrays.copyOf(ends, 2 * run) : ends;
      ends[run] = Math.addExact(run == 0 ? 0 : ends[run - 1], rows);
      ValueStatistics[] copies = new ValueStatistics[dataColumns];
      Arrays.setAll(copies, c -> columns[c].copy());
      statistics.add(copies);
    }

    public int runs() {
      return keys.size();
    }

    public RunDirectory build() {
      int runs = keys.size();
      List<List<String>> values = new ArrayList<>();
      int[][] codes = new int[labels.size()][runs];
      for (int l = 0; l < labels.size(); l++) {
        List<String> sorted = new ArrayList<>(numbers.get(l).keySet());
        sorted.sort(Utf8Order.COMPARATOR);
        int[] rank = new int[sorted.size()];
        for (int v = 0; v < rank.length; v++) {
          rank[numbers.get(l).getOrDefault(sorted.get(v), 0)] = v;
        }
        for (int r = 0; r < runs; r++) {
          codes[l][r] = rank[keys.get(r)[l]];
        }
        values.add(List.copyOf(sorted));
      }
      RunStatistics[] byColumn = new RunStatistics[dataColumns];
      for (int c = 0; c < dataColumns; c++) {
        byColumn[c] = new RunStatistics(runs);
        for (int r = 0; r < runs; r++) {
          byColumn[c].set(r, statistics.get(r)[c]);
        }
      }
      return new RunDirectory(labels, values, codes, Arrays.copyOf(ends, runs), byColumn);
    }
  }
}
