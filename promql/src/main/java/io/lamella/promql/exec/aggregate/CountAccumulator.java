package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.StepSeries;

/// `count` and `group`: the number of elements, or 1 where there are any.
final class CountAccumulator implements Accumulator {
  private final int first;
  private final int[] count;
  private final boolean one;

  CountAccumulator(Block block, boolean one) {
    this.first = block.first();
    int steps = block.steps();
    this.count = new int[steps];
    this.one = one;
  }

  @Override
  public void add(StepSeries s) {
    for (int i = 0; i < count.length; i++) {
      if (s.has(first + i)) {
        count[i]++;
      }
    }
  }

  @Override
  public void emit(StepSeries into) {
    for (int i = 0; i < count.length; i++) {
      if (count[i] > 0) {
        into.set(first + i, one ? 1 : count[i]);
      }
    }
  }
}
