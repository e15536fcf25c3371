package io.lamella.promql.exec.aggregate;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramText;
import io.lamella.model.Labels;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
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

  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private final Grouping grouping;
  private final GroupStatistic statistic;
  private final TextRange place;
  private @Nullable Iterator<StepSeries> results;

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
    Iterator<StepSeries> all = results;
    if (all == null) {
      all =
          switch (statistic) {
            case GroupStatistic.Quantile q -> quantiles(q);
            case GroupStatistic.CountValues c -> countValues(c.label());
          };
      results = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    into.copyFrom(all.next());
    return true;
  }

  private Iterator<StepSeries> quantiles(GroupStatistic.Quantile quantile) {
    List<StepSeries> input = Materialized.all(run, from, steps);
    double[] q = quantile.q().values();
    warn(q, quantile.place());
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
    for (StepSeries s : input) {
      groups.computeIfAbsent(grouping.of(s.labels()), _ -> new ArrayList<>()).add(s);
    }
    List<StepSeries> out = new ArrayList<>();
    double[] scratch = new double[input.size()];
    groups.forEach((labels, group) -> {
      StepSeries o = new StepSeries(steps);
      o.reset(labels);
      for (StepSeries s : group) {
        o.dropsName(o.dropsName() || s.dropsName());
      }
      for (int i = 0; i < steps; i++) {
        run.tick();
        int n = 0;
        for (StepSeries s : group) {
          if (!s.has(i)) {
            continue;
          }
          if (s.histogram(i) != null) {
            run.annotations().info(place, "ignored histogram in quantile aggregation");
          } else {
            scratch[n++] = s.values()[i];
          }
        }
        if (n > 0) {
          o.set(i, Quantiles.of(q[i], scratch, n));
        }
      }
      if (!o.isEmpty()) {
        out.add(o);
      }
    });
    Materialized.release(run, input);
    return out.iterator();
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

  private Iterator<StepSeries> countValues(String label) {
    Map<Labels, StepSeries> out = new LinkedHashMap<>();
    StepSeries s = new StepSeries(steps);
    while (from.next(s)) {
      run.tick();
      for (int i = 0; i < steps; i++) {
        if (!s.has(i)) {
          continue;
        }
        Histogram h = s.histogram(i);
        String text =
            h == null ? Numbers.plain(s.values()[i]) : HistogramText.format(h, Numbers::general);
        Labels labels = grouping.of(s.labels().toBuilder().set(label, text).build());
        StepSeries o = out.get(labels);
        if (o == null) {
          run.hold(steps);
          o = new StepSeries(steps);
          o.reset(labels);
          out.put(labels, o);
        }
        o.set(i, o.has(i) ? o.values()[i] + 1 : 1);
      }
    }
    return out.values().iterator();
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
