package io.lamella.promql.exec.aggregate;

import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.StepSeries;
import java.util.Arrays;

/// Counts elements at each step: a list of steps while it is shorter than a count for every step.
final class StepCounts {
  private final QueryRun run;
  private final int steps;
  private int[] numbers = new int[4];
  private int size;
  private boolean isList = true;

  StepCounts(QueryRun run, int steps) {
    this.run = run;
    this.steps = steps;
  }

  void add(int step) {
    if (!isList) {
      if (numbers[step]++ == 0) {
        run.hold(1);
      }
      return;
    }
    if (size == numbers.length) {
      grow();
      add(step);
      return;
    }
    run.hold(1);
    numbers[size++] = step;
  }

  private void grow() {
    if (2 * size < steps) {
      run.memory().hold(4L * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
      return;
    }
    run.memory().hold(4L * steps);
    int[] counts = new int[steps];
    for (int i = 0; i < size; i++) {
      counts[numbers[i]]++;
    }
    numbers = counts;
    isList = false;
  }

  /// Writes the counts into an empty buffer.
  void emit(StepSeries into) {
    int length = isList ? size : steps;
    for (int k = 0; k < length; k++) {
      int step = isList ? numbers[k] : k;
      int more = isList ? 1 : numbers[k];
      if (more > 0) {
        into.set(step, into.has(step) ? into.values()[step] + more : more);
      }
    }
  }
}
