package io.lamella.promql.exec;

import io.lamella.model.Labels;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Merges series with equal labels into one; two elements at one step are an error.
public final class MergedSeries implements SeriesOperator {
  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private @Nullable Iterator<StepSeries> merged;

  public MergedSeries(QueryRun run, SeriesOperator from, int steps) {
    this.run = run;
    this.from = from;
    this.steps = steps;
  }

  @Override
  public boolean next(StepSeries into) {
    if (from.hasUniqueLabels()) {
      return from.next(into);
    }
    Iterator<StepSeries> all = merged;
    if (all == null) {
      all = merge();
      merged = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    into.copyFrom(all.next());
    return true;
  }

  private Iterator<StepSeries> merge() {
    Map<Labels, StepSeries> byLabels = new LinkedHashMap<>();
    for (StepSeries s : Materialized.all(run, from, steps)) {
      StepSeries target = byLabels.putIfAbsent(s.labels(), s);
      if (target != null) {
        mergeInto(target, s);
      }
    }
    return byLabels.values().iterator();
  }

  /// Adds the elements of a series to another one with the same labels.
  ///
  /// @throws EvaluationException where both have an element at one step
  public static void mergeInto(StepSeries target, StepSeries s) {
    for (int i = 0; i < s.steps(); i++) {
      if (s.has(i)) {
        if (target.has(i)) {
          throw DuplicateLabels.failure();
        }
        target.set(i, s.values()[i], s.histogram(i));
      }
    }
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
