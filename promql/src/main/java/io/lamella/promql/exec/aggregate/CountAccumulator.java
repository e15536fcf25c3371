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
    long[] present = s.present();
    // Blocks start at whole words.
    for (int from = 0; from < count.length; from += Long.SIZE) {
      long bits = present[(first + from) >> 6];
      int to = Math.min(from + Long.SIZE, count.length);
      for (int i = from; i < to; i++) {
        count[i] += (int) (bits >>> i & 1);
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
