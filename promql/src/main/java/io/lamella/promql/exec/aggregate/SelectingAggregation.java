package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.promql.QueryException;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Aggregations that pick elements and keep their labels: `topk`, `bottomk`, `limitk`,
/// `limit_ratio`.
public final class SelectingAggregation implements SeriesOperator {
  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private final Grouping grouping;
  private final AggregateOp op;
  private final ScalarOperator param;
  private final TextRange place;
  private final TextRange paramPlace;
  private @Nullable Iterator<StepSeries> results;

  public SelectingAggregation(
      QueryRun run,
      SeriesOperator from,
      int steps,
      Grouping grouping,
      AggregateOp op,
      ScalarOperator param,
      TextRange place,
      TextRange paramPlace) {
    this.run = run;
    this.from = from;
    this.steps = steps;
    this.grouping = grouping;
    this.op = op;
    this.param = param;
    this.place = place;
    this.paramPlace = paramPlace;
  }

  @Override
  public boolean next(StepSeries into) {
    Iterator<StepSeries> all = results;
    if (all == null) {
      all = compute();
      results = all;
    }
    if (!all.hasNext()) {
      return false;
    }
    into.copyFrom(all.next());
    return true;
  }

  private Iterator<StepSeries> compute() {
    List<StepSeries> input = Materialized.all(run, from, steps);
    double[] p = param.values();
    checkParameter(p);
    Map<Labels, List<StepSeries>> groups = new LinkedHashMap<>();
    Map<StepSeries, StepSeries> out = new LinkedHashMap<>();
    for (StepSeries s : input) {
      groups.computeIfAbsent(grouping.of(s.labels()), _ -> new ArrayList<>()).add(s);
      StepSeries o = new StepSeries(steps);
      o.reset(s.labels());
      o.dropsName(s.dropsName());
      out.put(s, o);
    }
    List<StepSeries> ordered = new ArrayList<>();
    for (List<StepSeries> group : groups.values()) {
      for (int i = 0; i < steps; i++) {
        run.tick();
        List<StepSeries> picked = pick(group, i, p[i]);
        for (StepSeries s : picked) {
          StepSeries o = out.get(s);
          if (o != null) {
            if (o.isEmpty()) {
              ordered.add(o);
            }
            o.set(i, s.values()[i], s.histogram(i));
          }
        }
      }
    }
    Materialized.release(run, input);
    return ordered.iterator();
  }

  private void checkParameter(double[] p) {
    if (op == AggregateOp.LIMIT_RATIO) {
      checkRatio(p);
      return;
    }
    for (double k : p) {
      if (k != k) {
        throw new QueryException.Execution("Parameter value is NaN");
      }
      if (k >= 0x1p63) {
        throw new QueryException.Execution(
            "Scalar value " + Numbers.general(k) + " overflows int64");
      }
      if (k <= -0x1p63) {
        throw new QueryException.Execution(
            "Scalar value " + Numbers.general(k) + " underflows int64");
      }
    }
  }

  private void checkRatio(double[] p) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (double r : p) {
      if (r != r) {
        throw new QueryException.Execution("Ratio value is NaN");
      }
      max = Math.max(max, r);
      min = Math.min(min, r);
    }
    if (max > 1) {
      capping(max, 1);
    }
    if (min < -1) {
      capping(min, -1);
    }
  }

  private void capping(double ratio, double to) {
    run.annotations()
        .warn(
            paramPlace,
            "ratio value should be between -1 and 1, got "
                + Numbers.general(ratio)
                + ", capping to "
                + Numbers.general(to));
  }

  private List<StepSeries> pick(List<StepSeries> group, int i, double p) {
    return switch (op) {
      case TOPK, BOTTOMK -> extremes(group, i, (long) p);
      case LIMITK -> {
        List<StepSeries> out = new ArrayList<>();
        for (StepSeries s : group) {
          if (out.size() < (long) p && s.has(i)) {
            out.add(s);
          }
        }
        yield out;
      }
      default -> {
        double ratio = Math.clamp(p, -1, 1);
        List<StepSeries> out = new ArrayList<>();
        for (StepSeries s : group) {
          if (ratio != 0 && s.has(i)) {
            double at = LabelHash.fraction(s.labels());
            if (ratio > 0 ? at < ratio : at >= 1 + ratio) {
              out.add(s);
            }
          }
        }
        yield out;
      }
    };
  }

  /// The k best in order, kept by insertion; of equal ones the earlier series stays in.
  private List<StepSeries> extremes(List<StepSeries> group, int i, long k) {
    List<StepSeries> best = new ArrayList<>();
    if (k < 1) {
      return best;
    }
    boolean top = op == AggregateOp.TOPK;
    for (StepSeries s : group) {
      if (!s.has(i)) {
        continue;
      }
      if (s.histogram(i) != null) {
        run.annotations().info(place, "ignored histogram in " + op.text() + " aggregation");
        continue;
      }
      double x = s.values()[i];
      if (best.size() == k && !better(x, best.getLast().values()[i], top)) {
        continue;
      }
      int lo = 0;
      int hi = best.size();
      while (lo < hi) {
        int mid = (lo + hi) >>> 1;
        if (better(x, best.get(mid).values()[i], top)) {
          hi = mid;
        } else {
          lo = mid + 1;
        }
      }
      best.add(lo, s);
      if (best.size() > k) {
        best.removeLast();
      }
    }
    return best;
  }

  private static boolean better(double x, double than, boolean top) {
    if (x != x) {
      return false;
    }
    return than != than || (top ? x > than : x < than);
  }

  @Override
  public boolean hasUniqueLabels() {
    return from.hasUniqueLabels();
  }
}
