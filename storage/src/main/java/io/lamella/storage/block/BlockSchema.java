package io.lamella.storage.block;

import java.util.List;

/// The columns of a block's two files, named as in parquet-common so that its readers open them.
public final class BlockSchema {
  /// Optional string columns of the labels file, one for each label name; the unescaped name
  /// follows.
  public static final String LABEL_PREFIX = "l_";

  /// Which label columns a row has: see [ColumnNumbers].
  public static final String COLUMN_NUMBERS = "s_col_indexes";

  /// Eight bytes, big endian: see [SeriesHash].
  public static final String SERIES_HASH = "s_series_hash";

  /// Time of a series' first sample in the block, milliseconds; Lamella's own, ignored by other
  /// readers.
  public static final String FIRST_TIME = "s_first_time";

  /// Time of a series' last sample in the block, milliseconds; Lamella's own, ignored by other
  /// readers.
  public static final String LAST_TIME = "s_last_time";

  /// Columns of the labels file, three for each data column: see [#samples], [#min], [#max].
  public static final String SAMPLES_PREFIX = "s_samples_";

  public static final String MIN_PREFIX = "s_min_";
  public static final String MAX_PREFIX = "s_max_";

  /// Columns of the chunks file: chunk records of one slice of time; the number of the slice
  /// follows.
  public static final String DATA_PREFIX = "s_data_";

  /// Key/value metadata of both files, ASCII decimals.
  public static final String MIN_TIME_KEY = "minT";

  public static final String MAX_TIME_KEY = "maxT";
  public static final String COLUMN_DURATION_KEY = "data_col_duration_ms";

  /// Lamella's own keys: the format version, the sort key, whether chunk encodings beyond 1–3
  /// occur, the number of the shard, how many shards the block has, and its [BlockHead] as JSON.
  public static final String VERSION_KEY = "lamella.version";

  public static final String SORT_KEY_KEY = "lamella.sort_key";
  public static final String NEW_ENCODINGS_KEY = "lamella.new_encodings";
  public static final String SHARD_KEY = "lamella.shard";
  public static final String SHARDS_KEY = "lamella.shards";
  public static final String BLOCK_KEY = "lamella.block";

  /// Prefixes that are reserved for columns of aggregates in data column i: number of samples,
  /// their sum, the smallest, the largest, and the last value of a counter with its resets removed.
  public static final List<String> AGGREGATE_PREFIXES =
      List.of("s_count_", "s_sum_", "s_low_", "s_high_", "s_counter_");

  private BlockSchema() {}

  public static String labelColumn(String labelName) {
    return LABEL_PREFIX + labelName;
  }

  public static String dataColumn(int number) {
    return DATA_PREFIX + number;
  }

  /// How many samples a series has in a data column; Lamella's own column.
  public static String samples(int number) {
    return SAMPLES_PREFIX + number;
  }

  /// A series' smallest float in a data column, NaN aside; Lamella's own column.
  public static String min(int number) {
    return MIN_PREFIX + number;
  }

  /// A series' largest float in a data column, NaN aside; Lamella's own column.
  public static String max(int number) {
    return MAX_PREFIX + number;
  }

  /// How many data columns a block has: parquet-common's `floor((maxT - minT) / duration) + 1`,
  /// `maxT` being the last instant.
  public static int dataColumns(long minTimeMillis, long lastMillis, long columnMillis) {
    return Math.toIntExact((lastMillis - minTimeMillis) / columnMillis + 1);
  }
}
