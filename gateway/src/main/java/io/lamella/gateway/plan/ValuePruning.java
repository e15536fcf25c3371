package io.lamella.gateway.plan;

import io.lamella.model.TimeRange;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.ValueFilter;
import io.lamella.storage.block.ValueStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Skips runs whose values cannot pass the query's comparison, by the bounds of their values.
///
/// The latest sample of a window hides those before it, so skipping a run may uncover an earlier
/// sample that passes. A run is therefore kept where a run of the same key that may pass overlaps
/// it or ends less than a window before it begins.
public final class ValuePruning {
  /// With more runs than this, pruning takes longer than it saves.
  private static final int MAX_RUNS = 200_000;

  private ValuePruning() {}

  /// A run of one of the shards and the times of its samples in the range.
  private record RunTimes(int shard, int run, long first, long last, boolean mayPass) {}

  /// @param shards all shards of a selection; nothing is skipped unless their directories have the
  ///   same key labels
  /// @return the shards' matches in the same order
  public static List<RunMatch> prune(List<RunMatch> shards, TimeRange range, SampleHints hints) {
    if (hints.filter().isEmpty()
        || hints.windows().isEmpty()
        || shards.isEmpty()
        || shards.stream().mapToLong(s -> s.numbers().size()).sum() > MAX_RUNS
        || shards.stream().map(s -> s.directory().labels()).distinct().count() > 1) {
      return shards;
    }
    Map<List<String>, List<RunTimes>> byKey = new HashMap<>();
    for (int s = 0; s < shards.size(); s++) {
      RunMatch match = shards.get(s);
      for (int run : match.numbers()) {
        byKey
            .computeIfAbsent(match.directory().key(run), _ -> new ArrayList<>())
            .add(runTimes(s, run, match, range, hints.filter().get()));
      }
    }
    boolean[][] keep = new boolean[shards.size()][];
    for (int s = 0; s < keep.length; s++) {
      keep[s] = new boolean[shards.get(s).directory().runs()];
    }
    byKey.values().forEach(runs -> mark(runs, hints.windows().get().widthMillis(), keep));
    List<RunMatch> out = new ArrayList<>();
    for (int s = 0; s < shards.size(); s++) {
      boolean[] kept = keep[s];
      out.add(shards.get(s).prune(run -> kept[run], hints.filter().get()));
    }
    return out;
  }

  private static RunTimes runTimes(
      int shard, int run, RunMatch match, TimeRange range, ValueFilter filter) {
    ValueStatistics all = new ValueStatistics();
    boolean mayPass = false;
    for (int c = 0; c < match.directory().dataColumns(); c++) {
      ValueStatistics s = match.directory().statistics(c, run);
      if (RunMatch.overlaps(s, range)) {
        all.add(s);
        boolean other = (s.flags() & (ValueStatistics.HISTOGRAMS | ValueStatistics.NAN)) != 0;
        mayPass |= other || s.min() <= s.max() && filter.mayHold(s.min(), s.max());
      }
    }
    return new RunTimes(shard, run, all.firstMillis(), all.lastMillis(), mayPass);
  }

  /// Marks the runs to keep.
  ///
  /// @param runs of one key
  private static void mark(List<RunTimes> runs, long width, boolean[][] keep) {
    List<RunTimes> sorted =
        runs.stream().sorted(Comparator.comparingLong(RunTimes::first)).toList();
    for (RunTimes r : runs) {
      boolean keepRun = r.mayPass();
      for (RunTimes other : sorted) {
        if (keepRun || other.first() > r.last()) {
          break;
        }
        keepRun = other.mayPass() && other.last() + width >= r.first();
      }
      keep[r.shard()][r.run()] |= keepRun;
    }
  }
}
