package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.Materialized;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.StoredSeries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Aggregations that select elements and keep their labels: `topk`, `bottomk`, `limitk`,
/// `limit_ratio`.
public final class SelectingAggregation implements SeriesOperator {
  /// The number of elements or the ratio, with its position in the query.
  public record Parameter(ScalarOperator value, TextRange place) {}

  private static final int GROUP_BYTES = 120;

  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private final Grouping grouping;
  private final AggregateOp op;
  private final ScalarOperator param;
  private final TextRange place;
  private final TextRange paramPlace;
  private @Nullable Iterator<Map.Entry<StoredSeries, long[]>> results;
  private List<StoredSeries> input = List.of();

  public SelectingAggregation(
      QueryRun run, GroupedInput input, AggregateOp op, Parameter parameter) {
    this.run = run;
    this.from = input.from();
    this.steps = input.steps();
    this.grouping = input.grouping();
    this.op = op;
    this.param = parameter.value();
    this.place = input.place();
    this.paramPlace = parameter.place();
  }

  @Override
  public boolean next(StepSeries into) {
    Iterator<Map.Entry<StoredSeries, long[]>> all = results;
    if (all == null) {
      all = compute();
      results = all;
    }
    if (!all.hasNext()) {
      Materialized.release(run, input);
      input = List.of();
      return false;
    }
    Map.Entry<StoredSeries, long[]> selected = all.next();
    selected.getKey().copyTo(into, selected.getValue());
    return true;
  }

  /// The selected series, each with a bitmap of the steps at which it is selected.
  private Iterator<Map.Entry<StoredSeries, long[]>> compute() {
    input = Materialized.all(run, from, steps);
    double[] p = param.values();
    if (!selectsAny(p)) {
      return Collections.emptyIterator();
    }
    Map<Labels, List<StoredSeries>> groups = new LinkedHashMap<>();
    for (StoredSeries s : input) {
      groups.computeIfAbsent(grouping.of(s.labels()), this::newGroup).add(s);
    }
    Map<StoredSeries, long[]> out = new LinkedHashMap<>();
    for (List<StoredSeries> group : groups.values()) {
      for (int i = 0; i < steps; i++) {
        run.tick(256 + group.size());
        for (StoredSeries s : pick(group, i, p[i])) {
          out.computeIfAbsent(s, this::nothingSelected)[i >> 6] |= 1L << i;
        }
      }
    }
    return out.entrySet().iterator();
  }

  private List<StoredSeries> newGroup(Labels labels) {
    run.memory().hold(QueryMemory.of(labels) + GROUP_BYTES);
    return new ArrayList<>();
  }

  private long[] nothingSelected(StoredSeries s) {
    long[] bits = new long[(steps + 63) >> 6];
    run.memory().hold(GROUP_BYTES + QueryMemory.ofBits(bits));
    return bits;
  }

  /// False where the parameter selects no element at any step.
  ///
  /// @throws EvaluationException where it is not a valid number of elements or ratio
  private boolean selectsAny(double[] p) {
    double max = Double.NEGATIVE_INFINITY;
    double min = Double.POSITIVE_INFINITY;
    for (double x : p) {
      max = Math.max(max, x);
      min = Math.min(min, x);
    }
    if (op == AggregateOp.LIMIT_RATIO) {
      checkRatio(min, max);
      return max != 0 || min != 0;
    }
    if (max < 1) {
      return false;
    }
    if (max != max) {
      throw new EvaluationException.Failed("Parameter value is NaN");
    }
    if (min <= -0x1p63) {
      throw new EvaluationException.Failed(
          "Scalar value " + Numbers.general(min) + " underflows int64");
    }
    if (max >= 0x1p63) {
      throw new EvaluationException.Failed(
          "Scalar value " + Numbers.general(max) + " overflows int64");
    }
    return true;
  }

  private void checkRatio(double min, double max) {
    if (max != max) {
      throw new EvaluationException.Failed("Ratio value is NaN");
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
            place,
            "ratio value should be between -1 and 1, got "
                + Numbers.general(ratio)
                + ", capping to "
                + Numbers.general(to));
  }

  private List<StoredSeries> pick(List<StoredSeries> group, int i, double p) {
    boolean ranks = op == AggregateOp.TOPK || op == AggregateOp.BOTTOMK;
    ValueHeap heap = new ValueHeap(op != AggregateOp.BOTTOMK, i);
    double ratio = Math.clamp(p, -1, 1);
    for (StoredSeries s : group) {
      if (!s.has(i)) {
        continue;
      }
      if (op == AggregateOp.LIMIT_RATIO) {
        double at = ratio == 0 ? 1 : LabelHash.fraction(s.labels());
        if (ratio > 0 ? at < ratio : ratio < 0 && at >= 1 + ratio) {
          heap.push(s);
        }
      } else if ((long) p < 1) {
        break;
      } else if (!ranks) {
        if (heap.size() >= (long) p) {
          break;
        }
        heap.push(s);
      } else if (s.histogram(i) != null) {
        run.annotations().info(place, "ignored histogram in " + op.text() + " aggregation");
      } else {
        heap.offer(s, (long) p);
      }
    }
    return ranks ? heap.inOrder() : heap.inHeapOrder();
  }

  @Override
  public boolean hasUniqueLabels() {
    return from.hasUniqueLabels();
  }
}
