package io.lamella.promql.exec.selector;

import io.lamella.model.TimeRange;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.source.Windows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The time at which a selector reads for each step: the evaluation time or the fixed time of `@`,
/// minus the offset.
public record ReferenceTimes(Steps steps, long offsetMillis, @Nullable Long fixedMillis) {
  public long at(int i) {
    return (fixedMillis == null ? steps.time(i) : fixedMillis) - offsetMillis;
  }

  /// The windows that end at these times.
  public Windows windows(long widthMillis) {
    if (fixedMillis != null) {
      return new Windows(first(), 0, steps.count(), widthMillis);
    }
    if (steps.isGrid()) {
      return new Windows(first(), steps.stepMillis(), steps.count(), widthMillis);
    }
    List<Windows.Run> runs = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= steps.count(); i++) {
      if (i == steps.count() || steps.time(i) - steps.time(i - 1) != steps.stepMillis()) {
        runs.add(new Windows.Run(at(from), steps.stepMillis(), i - from));
        from = i;
      }
    }
    return new Windows(runs, widthMillis);
  }

  /// What is left of the range that starts `before` the first time and ends `after` the last one
  /// where all but the samples so near to some time are left out.
  ///
  /// @return empty where nothing is left out
  public List<TimeRange> parts(long before, long after) {
    if (fixedMillis != null || steps.isGrid()) {
      return List.of();
    }
    List<TimeRange> out = new ArrayList<>();
    long start = first() - before;
    for (int i = 1; i < steps.count(); i++) {
      if (at(i) - before > at(i - 1) + after + 1) {
        out.add(new TimeRange(start, at(i - 1) + after));
        start = at(i) - before;
      }
    }
    if (!out.isEmpty()) {
      out.add(new TimeRange(start, last() + after));
    }
    return out;
  }

  public long first() {
    return at(0);
  }

  public long last() {
    return at(steps.count() - 1);
  }
}
