package io.lamella.promql.exec.selector;

import io.lamella.promql.exec.Steps;
import org.jspecify.annotations.Nullable;

/// Where a selector looks at each step: the evaluation time or the fixed moment after `@`, less the
/// offset.
public record ReferenceTimes(Steps steps, long offsetMillis, @Nullable Long fixedMillis) {
  public long at(int i) {
    return (fixedMillis == null ? steps.time(i) : fixedMillis) - offsetMillis;
  }

  /// How far the moment moves from step to step.
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
