package io.lamella.promql.exec.aggregate;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramText;
import io.lamella.model.Labels;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import io.lamella.promql.exec.function.Quantiles;
import io.lamella.promql.exec.function.RangeFunctions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Aggregations that need all values of a group at a step: `quantile` and `count_values`.
public final class CollectingAggregation implements SeriesOperator {
  /// The aggregation with its parameter.
  public sealed interface GroupStatistic {
    record Quantile(ScalarOperator q, TextRange place) implements GroupStatistic {}

    record CountValues(String label) implements GroupStatistic {}
  }

  private static final int GROUP_BYTES = 120;

  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private final Grouping grouping;
  private final GroupStatistic statistic;
  private final TextRange place;
  private @Nullable SeriesOperator results;

  public CollectingAggregation(QueryRun run, GroupedInput input, GroupStatistic statistic) {
    this.run = run;
    this.from = input.from();
    this.steps = input.steps();
    this.grouping = input.grouping();
    this.statistic = statistic;
    this.place = input.place();
  }

  @Override
  public boolean next(StepSeries into) {
    SeriesOperator all = results;
    if (all == null) {
      all =
          switch (statistic) {
            case GroupStatistic.Quantile q -> quantiles(q);
            case GroupStatistic.CountValues c -> countValues(c.label());
          };
      results = all;
    }
    return all.next(into);
  }

  private SeriesOperator quantiles(GroupStatistic.Quantile quantile) {
    List<StoredSeries> input = Materialized.all(run, from, steps);
    double[] q = quantile.q().values();
    warn(q, quantile.place());
    Map<Labels, List<StoredSeries>> groups = new LinkedHashMap<>();
    for (StoredSeries s : input) {
      groups.computeIfAbsent(grouping.of(s.labels()), this::newGroup).add(s);
    }
    run.memory().hold(8L * input.size());
    double[] scratch = new double[input.size()];
    Iterator<Map.Entry<Labels, List<StoredSeries>>> rest = groups.entrySet().iterator();
    return new Results() {
      @Override
      public boolean next(StepSeries into) {
        while (rest.hasNext()) {
          Map.Entry<Labels, List<StoredSeries>> group = rest.next();
          into.reset(group.getKey());
          quantile(group.getValue(), q, scratch, into);
          Materialized.release(run, group.getValue());
          if (!into.isEmpty()) {
            return true;
          }
        }
        return false;
      }
    };
  }

  private List<StoredSeries> newGroup(Labels labels) {
    run.memory().hold(QueryMemory.of(labels) + GROUP_BYTES);
    return new ArrayList<>();
  }

  private void quantile(List<StoredSeries> group, double[] q, double[] scratch, StepSeries into) {
    for (StoredSeries s : group) {
      into.dropsName(into.dropsName() || s.dropsName());
    }
    for (int i = 0; i < steps; i++) {
      run.tick(256 + group.size());
      int n = 0;
      for (StoredSeries s : group) {
        if (!s.has(i)) {
          continue;
        }
        if (s.histogram(i) != null) {
          run.annotations().info(place, "ignored histogram in quantile aggregation");
        } else {
          scratch[n++] = s.value(i);
        }
      }
      if (n > 0) {
        into.set(i, Quantiles.of(q[i], scratch, n));
      }
    }
  }

  /// Warns once of the largest and once of the smallest invalid quantile, or of NaN.
  private void warn(double[] q, TextRange at) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (double x : q) {
      max = Math.max(max, x);
      min = Math.min(min, x);
    }
    if (!(max <= 1)) {
      RangeFunctions.badQuantile(run.annotations(), at, place, max);
    }
    if (min < 0) {
      RangeFunctions.badQuantile(run.annotations(), at, place, min);
    }
  }

  private SeriesOperator countValues(String label) {
    Map<Labels, StepCounts> out = new LinkedHashMap<>();
    StepSeries s = run.buffer(steps);
    while (from.next(s)) {
      run.check();
      for (int i = 0; i < steps; i++) {
        if (!s.has(i)) {
          continue;
        }
        Histogram h = s.histogram(i);
        String text =
            h == null ? Numbers.plain(s.values()[i]) : HistogramText.format(h, Numbers::general);
        Labels labels = grouping.of(s.labels().toBuilder().set(label, text).build());
        StepCounts counts = out.get(labels);
        if (counts == null) {
          run.tick();
          run.memory().hold(QueryMemory.of(labels) + GROUP_BYTES);
          counts = new StepCounts(run, steps);
          out.put(labels, counts);
        }
        counts.add(i);
      }
    }
    Iterator<Map.Entry<Labels, StepCounts>> rest = out.entrySet().iterator();
    return new Results() {
      @Override
      public boolean next(StepSeries into) {
        if (!rest.hasNext()) {
          return false;
        }
        Map.Entry<Labels, StepCounts> e = rest.next();
        into.reset(e.getKey());
        e.getValue().emit(into);
        return true;
      }
    };
  }

  /// The groups after all input was read.
  private abstract static class Results implements SeriesOperator {
    @Override
    public boolean hasUniqueLabels() {
      return true;
    }
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
