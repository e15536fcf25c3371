package io.lamella.promql.exec;

import io.lamella.model.Labels;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Merges series with equal labels into one; two elements at one step are an error.
public final class MergedSeries implements SeriesOperator {
  /// The series with equal labels.
  private final class Parts {
    private final List<StoredSeries> series = new ArrayList<>(1);
    private long[] present = {};

    void add(StoredSeries s) {
      if (series.size() == 1) {
        present = new long[(steps + 63) >> 6];
        run.memory().hold(QueryMemory.ofBits(present));
        series.getFirst().markIn(present);
      }
      for (int w = 0; w < present.length; w++) {
        if ((present[w] & s.word(w)) != 0) {
          throw DuplicateLabels.failure();
        }
      }
      series.add(s);
      if (series.size() > 1) {
        s.markIn(present);
      }
    }

    void copyTo(StepSeries into) {
      series.getFirst().copyTo(into);
      series.subList(1, series.size()).forEach(s -> s.addTo(into));
    }
  }

  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private @Nullable Iterator<Parts> merged;

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
    Iterator<Parts> all = merged;
    if (all == null) {
      all = merge();
      merged = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    all.next().copyTo(into);
    return true;
  }

  private Iterator<Parts> merge() {
    Map<Labels, Parts> byLabels = new LinkedHashMap<>();
    for (StoredSeries s : Materialized.all(run, from, steps)) {
      byLabels.computeIfAbsent(s.labels(), _ -> new Parts()).add(s);
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
