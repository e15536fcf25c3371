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

/// Leaves out runs whose values cannot pass the query's comparison, by their bounds.
///
/// A run may be left out only where no sample that stays could be seen in its place: the latest
/// sample of a window hides those before it. So a run stays, too, where one of the same key that
/// may pass ends less than a window before it begins, or overlaps it.
public final class ValuePruning {
  /// More runs are not worth the time.
  private static final int MAX_RUNS = 200_000;

  private ValuePruning() {}

  /// A run of one of the shards, by its samples in the range.
  private record Stretch(int shard, int run, long first, long last, boolean mayPass) {}

  /// @param shards all of a selection; each must have a directory by the same labels, or nothing is
  ///   left out
  /// @return the shards' matches in the same order
  public static List<RunMatch> prune(List<RunMatch> shards, TimeRange range, SampleHints hints) {
    if (hints.filter().isEmpty()
        || hints.windows().isEmpty()
        || shards.isEmpty()
        || shards.stream().mapToLong(s -> s.numbers().size()).sum() > MAX_RUNS
        || shards.stream().map(s -> s.directory().labels()).distinct().count() > 1) {
      return shards;
    }
    Map<List<String>, List<Stretch>> byKey = new HashMap<>();
    for (int s = 0; s < shards.size(); s++) {
      RunMatch match = shards.get(s);
      for (int run : match.numbers()) {
        byKey
            .computeIfAbsent(match.key(run), _ -> new ArrayList<>())
            .add(stretch(s, run, match, range, hints.filter().get()));
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
      out.add(shards.get(s).only(run -> kept[run]));
    }
    return out;
  }

  private static Stretch stretch(
      int shard, int run, RunMatch match, TimeRange range, ValueFilter filter) {
    ValueStatistics all = new ValueStatistics();
    boolean mayPass = false;
    for (int c = 0; c < match.directory().dataColumns(); c++) {
      ValueStatistics s = match.directory().statistics(c, run);
      if (RunMatch.touches(s, range)) {
        all.add(s);
        boolean other = (s.flags() & (ValueStatistics.HISTOGRAMS | ValueStatistics.NAN)) != 0;
        mayPass |= other || s.min() <= s.max() && filter.mayHold(s.min(), s.max());
      }
    }
    return new Stretch(shard, run, all.firstMillis(), all.lastMillis(), mayPass);
  }

  /// @param runs of one key
  private static void mark(List<Stretch> runs, long width, boolean[][] keep) {
    List<Stretch> sorted = runs.stream().sorted(Comparator.comparingLong(Stretch::first)).toList();
    for (Stretch r : runs) {
      boolean near = r.mayPass();
      for (Stretch u : sorted) {
        if (near || u.first() > r.last()) {
          break;
        }
        near = u.mayPass() && u.last() + width >= r.first();
      }
      keep[r.shard()][r.run()] |= near;
    }
  }
}
