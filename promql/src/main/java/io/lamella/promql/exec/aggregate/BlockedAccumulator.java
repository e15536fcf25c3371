package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;
import org.jspecify.annotations.Nullable;

/// The state of one group over all steps: an accumulator for each block of steps that has any
/// element. A group of short series is small, however many steps there are.
final class BlockedAccumulator {
  private static final int BLOCK_WORDS = 4;
  private static final int BLOCK_STEPS = 64 * BLOCK_WORDS;
  private static final int OBJECTS = 200;

  /// Makes the accumulator of a block.
  @FunctionalInterface
  interface Factory {
    Accumulator accumulator(Accumulator.Block block);
  }

  private final QueryRun run;
  private final int steps;
  private final Factory factory;
  private final int bytesPerStep;
  private final @Nullable Accumulator[] blocks;
  private final long[] seen;

  /// @param bytesPerStep the memory of an accumulator
  BlockedAccumulator(QueryRun run, int steps, Factory factory, int bytesPerStep) {
    this.run = run;
    this.steps = steps;
    this.factory = factory;
    this.bytesPerStep = bytesPerStep;
    int words = (steps + 63) >> 6;
    int count = (words + BLOCK_WORDS - 1) / BLOCK_WORDS;
    run.memory().hold(OBJECTS + 8L * words + 4L * count);
    this.blocks = new Accumulator[count];
    this.seen = new long[words];
  }

  void add(StepSeries s) {
    long[] present = s.present();
    for (int b = 0; b < blocks.length; b++) {
      long any = 0;
      int fresh = 0;
      for (int w = b * BLOCK_WORDS; w < Math.min((b + 1) * BLOCK_WORDS, seen.length); w++) {
        any |= present[w];
        fresh += Long.bitCount(present[w] & ~seen[w]);
        seen[w] |= present[w];
      }
      if (any != 0) {
        if (fresh > 0) {
          run.hold(fresh);
        }
        block(b).add(s);
      }
    }
  }

  private Accumulator block(int b) {
    Accumulator a = blocks[b];
    if (a == null) {
      int first = b * BLOCK_STEPS;
      int length = Math.min(BLOCK_STEPS, steps - first);
      run.memory().hold(OBJECTS + (long) bytesPerStep * length);
      a = factory.accumulator(new Accumulator.Block(first, length));
      blocks[b] = a;
    }
    return a;
  }

  /// Writes the result into an empty buffer. The state is not used any more.
  void emit(StepSeries into) {
    int counted = 0;
    for (int b = 0; b < blocks.length; b++) {
      Accumulator a = blocks[b];
      if (a != null) {
        a.emit(into);
        blocks[b] = null;
        int length = Math.min(BLOCK_STEPS, steps - b * BLOCK_STEPS);
        run.memory().release(OBJECTS + (long) bytesPerStep * length);
      }
    }
    for (long word : seen) {
      counted += Long.bitCount(word);
    }
    run.release(counted);
  }
}
