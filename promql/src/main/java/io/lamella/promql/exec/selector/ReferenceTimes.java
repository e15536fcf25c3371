package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.Steps;
import org.jspecify.annotations.Nullable;

/// The time at which a selector reads for each step: the evaluation time or the fixed time of `@`,
/// minus the offset.
public record ReferenceTimes(Steps steps, long offsetMillis, @Nullable Long fixedMillis) {
  public long at(int i) {
    return (fixedMillis == null ? steps.time(i) : fixedMillis) - offsetMillis;
  }

  /// The distance between the times of two steps; 0 for a fixed time.
  public long stepMillis() {
    return fixedMillis == null ? steps.stepMillis() : 0;
  }

  public long first() {
    return at(0);
  }

  public long last() {
    return at(steps.count() - 1);
  }
}
