package io.lamella.promql.exec;

import io.lamella.model.Labels;
import java.util.HashMap;
import java.util.Map;

/// Detects elements with equal labels at the same step, which is an error.
public final class DuplicateLabels {
  private static final long[] SEEN = {};

  private final QueryMemory memory;
  private final Map<Labels, long[]> seen = new HashMap<>();

  public DuplicateLabels(QueryMemory memory) {
    this.memory = memory;
  }

  /// Checks that no earlier series with equal labels has an element at the same step.
  public void checkSteps(StepSeries s) {
    long[] before = seen.get(s.labels());
    if (before == null) {
      memory.hold(QueryMemory.of(s.labels()) + QueryMemory.ofBits(s.present()));
      seen.put(s.labels(), s.present().clone());
      return;
    }
    for (int i = 0; i < before.length; i++) {
      if ((before[i] & s.present()[i]) != 0) {
        throw failure();
      }
      before[i] |= s.present()[i];
    }
  }

  /// Checks that no earlier series has equal labels.
  public void checkSeries(StepSeries s) {
    if (seen.putIfAbsent(s.labels(), SEEN) != null) {
      throw failure();
    }
    memory.hold(QueryMemory.of(s.labels()));
  }

  public static EvaluationException failure() {
    return new EvaluationException.Failed("vector cannot contain metrics with the same labelset");
  }
}
