package io.lamella.gateway.plan;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.block.BlockSchema;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A shard with random rows, which tests can scan: row groups of a few dozen rows, sorted by the
/// label `job`, with the labels `job`, `env` and `host`, each absent from some rows.
public final class RandomShard {
  static final long BLOCK_MILLIS = 1_000;
  static final long COLUMN_MILLIS = 500;
  static final int DATA_COLUMNS = 2;

  private static final List<String> KEY = List.of("job");
  private static final List<String> LABELS = List.of("env", "host", "job");
  private static final List<String> VALUES =
      List.of("", "a", "ab", "abc", "abd", "b", "ba", "é", "éa", "z", "\uD83D\uDE00", "host-00017");

  /// One row: a value for each of the labels, and where its samples lie in each data column.
  record Row(Map<String, String> labels, List<Samples> samples) {
    boolean matches(List<Matcher> matchers) {
      return matchers.stream().allMatch(m -> m.matches(labels.getOrDefault(m.name(), "")));
    }

    boolean overlaps(TimeRange range) {
      return samples.stream()
          .anyMatch(s ->
              s.count() > 0 && s.first() <= range.endMillis() && s.last() >= range.startMillis());
    }
  }

  /// `count` samples from `first` to `last`; none where `count` is 0.
  record Samples(long count, long first, long last) {}

  private final Random random;
  private final List<Row> rows;
  private final List<Integer> groupEnds = new ArrayList<>();
  private final BlockPlanner.ShardFiles files;

  public RandomShard(Random random) {
    this.random = random;
    rows =
        IntStream.range(0, 1 + random.nextInt(60))
            .mapToObj(_ -> row())
            .sorted(Comparator.comparing((Row r) -> r.labels().getOrDefault("job", "")))
            .toList();
    for (int at = 0; at < rows.size(); ) {
      at = Math.min(rows.size(), at + 1 + random.nextInt(30));
      groupEnds.add(at);
    }
    List<String> columns = new ArrayList<>(LABELS.stream().map(BlockSchema::labelColumn).toList());
    columns.addAll(List.of(BlockSchema.SERIES_HASH, BlockSchema.FIRST_TIME, BlockSchema.LAST_TIME));
    RandomFileMetadata labels = new RandomFileMetadata(random, columns);
    RandomFileMetadata chunks =
        new RandomFileMetadata(
            random, IntStream.range(0, DATA_COLUMNS).mapToObj(BlockSchema::dataColumn).toList());
    int from = 0;
    for (int end : groupEnds) {
      List<Row> group = rows.subList(from, end);
      List<List<String>> values = new ArrayList<>();
      for (String label : LABELS) {
        values.add(group.stream().map(r -> r.labels().getOrDefault(label, "")).toList());
      }
      for (int i = LABELS.size(); i < columns.size(); i++) {
        values.add(Collections.nCopies(group.size(), "12345678"));
      }
      labels.add(values);
      chunks.add(
          IntStream.range(0, DATA_COLUMNS)
              .mapToObj(c ->
                  group.stream().map(r -> r.samples().get(c).count() > 0 ? "chunk" : "").toList())
              .toList());
      from = end;
    }
    files = new BlockPlanner.ShardFiles(labels.build(), chunks.build(), "random.chunks");
  }

  private Row row() {
    Map<String, String> labels =
        LABELS.stream()
            .map(name -> Map.entry(name, VALUES.get(random.nextInt(VALUES.size()))))
            .filter(e -> !e.getValue().isEmpty())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    List<Samples> samples = new ArrayList<>();
    for (int c = 0; c < DATA_COLUMNS; c++) {
      long first = c * COLUMN_MILLIS + random.nextInt(400);
      samples.add(
          random.nextInt(3) == 0
              ? new Samples(0, 0, 0)
              : new Samples(1 + random.nextInt(9), first, first + random.nextInt(100)));
    }
    return new Row(labels, samples);
  }

  List<Row> rows() {
    return rows;
  }

  /// The rows of a row group.
  List<Row> group(int number) {
    return rows.subList(number == 0 ? 0 : groupEnds.get(number - 1), groupEnds.get(number));
  }

  int groups() {
    return groupEnds.size();
  }

  public BlockPlanner.ShardFiles files() {
    return files;
  }

  /// The directory of the shard's runs, as the converter writes it.
  public RunDirectory runs() {
    RunDirectory.RunsBuilder out = new RunDirectory.RunsBuilder(KEY, DATA_COLUMNS);
    for (int from = 0; from < rows.size(); ) {
      String key = rows.get(from).labels().getOrDefault("job", "");
      int end = from;
      ValueStatistics[] statistics = new ValueStatistics[DATA_COLUMNS];
      Arrays.setAll(statistics, _ -> new ValueStatistics());
      while (end < rows.size() && rows.get(end).labels().getOrDefault("job", "").equals(key)) {
        for (int c = 0; c < DATA_COLUMNS; c++) {
          Samples s = rows.get(end).samples().get(c);
          if (s.count() > 0) {
            statistics[c].add(new ValueStatistics(s.count(), s.first(), s.last(), 0, 1, 0));
          }
        }
        end++;
      }
      out.add(List.of(key), end - from, statistics);
      from = end;
    }
    return out.build();
  }

  /// Matchers of all kinds, on labels that exist and on one that does not.
  public List<Matcher> matchers() {
    List<String> names = List.of("env", "host", "job", "missing");
    List<Matcher> out = new ArrayList<>();
    int n = random.nextInt(4);
    for (int i = 0; i < n; i++) {
      Matcher.Type type = Matcher.Type.values()[random.nextInt(Matcher.Type.values().length)];
      boolean regex = type == Matcher.Type.REGEX || type == Matcher.Type.NOT_REGEX;
      String value = VALUES.get(random.nextInt(VALUES.size()));
      if (regex) {
        value =
            switch (random.nextInt(6)) {
              case 0 -> value + ".*";
              case 1 -> value + "|" + VALUES.get(random.nextInt(VALUES.size()));
              case 2 -> ".+";
              case 3 -> ".*";
              case 4 -> value + "[a-c]?";
              default -> value;
            };
      }
      out.add(Matcher.of(type, names.get(random.nextInt(names.size())), value));
    }
    return out;
  }

  /// A range of sample times that overlaps the block.
  public TimeRange range() {
    long start = random.nextInt((int) BLOCK_MILLIS);
    return new TimeRange(start, start + random.nextInt((int) BLOCK_MILLIS));
  }

  /// The meta of a block with this shard.
  public BlockMeta meta() {
    return TestBlockMetas.block(0, BLOCK_MILLIS, Labels.EMPTY);
  }
}
