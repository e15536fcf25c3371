package io.lamella.gateway.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.ValueFilter;
import io.lamella.promql.source.ValueFilter.Comparison;
import io.lamella.promql.source.Windows;
import io.lamella.storage.block.RunDirectory;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ValuePruningTest {
  private static final int SEEDS = 3_000;
  private static final long SHARD_MILLIS = 100;

  /// A run of one row: its key and its samples, by time.
  private record Run(String key, TreeMap<Long, Double> samples) {
    ValueStatistics statistics() {
      ValueStatistics out = new ValueStatistics();
      samples.forEach(
          (time, value) -> out.add(new ValueStatistics(1, time, time, value, value, 0)));
      return out;
    }
  }

  private static List<Run> shard(Random random, int number) {
    List<Run> out = new ArrayList<>();
    for (String key : List.of("a", "b", "c")) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      TreeMap<Long, Double> samples = new TreeMap<>();
      // Shards overlap a little.
      long start = Math.max(0, number * SHARD_MILLIS - random.nextInt(30));
      double level = random.nextInt(3);
      int n = 1 + random.nextInt(4);
      for (int i = 0; i < n; i++) {
        samples.put(start + random.nextInt((int) SHARD_MILLIS), level + random.nextInt(2));
      }
      out.add(new Run(key, samples));
    }
    if (out.isEmpty()) {
      out.add(new Run("a", new TreeMap<>(Map.of(number * SHARD_MILLIS, 1.0))));
    }
    return out;
  }

  private static RunMatch match(List<Run> runs, TimeRange range) {
    RunDirectory.RunsBuilder out = new RunDirectory.RunsBuilder(List.of("job"), 1);
    for (Run r : runs) {
      out.add(List.of(r.key()), 1, new ValueStatistics[] {r.statistics()});
    }
    return RunMatch.of(out.build(), List.of(), range);
  }

  private static boolean passes(ValueFilter f, double v) {
    return switch (f.comparison()) {
      case EQUAL -> v == f.number();
      case NOT_EQUAL -> v != f.number();
      case GREATER -> v > f.number();
      case GREATER_OR_EQUAL -> v >= f.number();
      case LESS -> v < f.number();
      case LESS_OR_EQUAL -> v <= f.number();
    };
  }

  /// What an instant selector with a comparison returns for a key at a time: the latest sample of
  /// the window, where it passes. Of samples at one time that of the first shard counts.
  private static Optional<Double> result(
      List<List<Run>> shards, List<RunMatch> matches, String key, long at, SampleHints hints) {
    TreeMap<Long, Double> window = new TreeMap<>();
    for (int s = 0; s < shards.size(); s++) {
      for (int run : matches.get(s).numbers()) {
        if (shards.get(s).get(run).key().equals(key)) {
          shards
              .get(s)
              .get(run)
              .samples()
              .subMap(at - hints.windows().get().widthMillis(), false, at, true)
              .forEach(window::putIfAbsent);
        }
      }
    }
    return window.isEmpty()
        ? Optional.empty()
        : Optional.of(window.lastEntry().getValue()).filter(v -> passes(hints.filter().get(), v));
  }

  private static SampleHints hints(Random random, Windows windows) {
    Comparison[] all = Comparison.values();
    return new SampleHints(
        SampleUse.EVERYTHING,
        Optional.of(windows),
        Optional.of(new ValueFilter(all[random.nextInt(all.length)], random.nextInt(4))));
  }

  @Test
  void pruningChangesNoResult() {
    int pruned = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<List<Run>> shards = new ArrayList<>();
      int n = 1 + random.nextInt(3);
      for (int i = 0; i < n; i++) {
        shards.add(shard(random, i));
      }
      long width = 1 + random.nextInt(80);
      long first = random.nextInt((int) SHARD_MILLIS);
      int ends = 1 + random.nextInt(30);
      Windows windows = new Windows(first, 7, ends, width);
      long last = first + 7L * (ends - 1);
      TimeRange range = new TimeRange(first - width + 1, last);
      SampleHints hints = hints(random, windows);
      List<RunMatch> all = shards.stream().map(s -> match(s, range)).toList();
      List<RunMatch> kept = ValuePruning.prune(all, range, hints);
      for (String key : List.of("a", "b", "c")) {
        for (long at = first; at <= last; at += 7) {
          assertEquals(
              result(shards, all, key, at, hints),
              result(shards, kept, key, at, hints),
              "seed " + seed + " key " + key + " at " + at + " " + hints);
        }
      }
      for (int s = 0; s < n; s++) {
        pruned += all.get(s).numbers().size() - kept.get(s).numbers().size();
      }
    }
    assertTrue(pruned > 1_000, pruned + " runs pruned");
  }

  @Test
  void aPrunedRunIsTheReasonOfItsRowGroup() {
    List<Run> runs =
        List.of(
            new Run("a", new TreeMap<>(Map.of(10L, 1.0))),
            new Run("b", new TreeMap<>(Map.of(10L, 9.0))));
    TimeRange range = new TimeRange(0, 20);
    ValueFilter filter = new ValueFilter(Comparison.GREATER, 5);
    SampleHints hints =
        new SampleHints(
            SampleUse.EVERYTHING, Optional.of(new Windows(20, 0, 1, 20)), Optional.of(filter));
    RunMatch kept = ValuePruning.prune(List.of(match(runs, range)), range, hints).getFirst();
    assertEquals(List.of(1), kept.numbers());
    assertEquals(new SkipReason.NoValue(filter), kept.whyNoRow(0, 1));
    assertEquals("no value can be > 5.0", kept.whyNoRow(0, 1).text());
    assertEquals(new SkipReason.NoRun(), kept.whyNoRow(1, 2));
  }

  @Test
  void withoutAComparisonNothingIsPruned() {
    List<RunMatch> all =
        List.of(
            match(List.of(new Run("a", new TreeMap<>(Map.of(10L, 1.0)))), new TimeRange(0, 20)));
    assertSame(all, ValuePruning.prune(all, new TimeRange(0, 20), SampleHints.EVERYTHING));
  }
}
