package io.lamella.promql.exec.aggregate;

import io.lamella.model.Labels;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.QueryMemory;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Aggregations that need one accumulator per group and read the input one series at a time.
public final class StreamingAggregation implements SeriesOperator {
  private static final class AggregationGroup {
    private final BlockedAccumulator accumulator;

    /// The steps with an element that loses its name; null for none.
    private long @Nullable [] dropping;

    AggregationGroup(BlockedAccumulator accumulator) {
      this.accumulator = accumulator;
    }

    void add(StepSeries s) {
      accumulator.add(s);
      if (s.dropsName()) {
        long[] steps = dropping == null ? new long[s.present().length] : dropping;
        for (int w = 0; w < steps.length; w++) {
          steps[w] |= s.present()[w];
        }
        dropping = steps;
      }
    }

    /// The last step of a result decides whether it loses its name.
    boolean dropsName(StepSeries result) {
      long[] steps = dropping;
      if (steps == null) {
        return false;
      }
      int last = result.steps() - 1;
      while (last > 0 && !result.has(last)) {
        last--;
      }
      return (steps[last >> 6] & (1L << last)) != 0;
    }
  }

  private final QueryRun run;
  private final SeriesOperator from;
  private final int steps;
  private final Grouping grouping;
  private final Supplier<BlockedAccumulator> accumulators;
  private @Nullable Iterator<Map.Entry<Labels, AggregationGroup>> results;

  public StreamingAggregation(QueryRun run, GroupedInput input, AggregateOp op) {
    this.run = run;
    this.from = input.from();
    this.steps = input.steps();
    this.grouping = input.grouping();
    TextRange place = input.place();
    HistogramFold.Messages messages = new HistogramFold.Messages(run, place);
    this.accumulators =
        switch (op) {
          case SUM -> blocks(17, b -> new SumAccumulator(b, messages));
          case AVG -> blocks(24, b -> new AverageAccumulator(b, messages));
          case COUNT -> blocks(4, b -> new CountAccumulator(b, false));
          case GROUP -> blocks(4, b -> new CountAccumulator(b, true));
          case MIN -> blocks(9, b -> new ExtremeAccumulator(run, b, false, place));
          case MAX -> blocks(9, b -> new ExtremeAccumulator(run, b, true, place));
          case STDDEV -> blocks(20, b -> new VarianceAccumulator(run, b, true, place));
          case STDVAR -> blocks(20, b -> new VarianceAccumulator(run, b, false, place));
          case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO ->
              throw new IllegalArgumentException(op.text());
        };
  }

  private Supplier<BlockedAccumulator> blocks(
      int bytesPerStep, BlockedAccumulator.Factory factory) {
    return () -> new BlockedAccumulator(run, steps, factory, bytesPerStep);
  }

  @Override
  public boolean next(StepSeries into) {
    Iterator<Map.Entry<Labels, AggregationGroup>> all = results;
    if (all == null) {
      all = aggregate(into);
      results = all;
    }
    while (all.hasNext()) {
      Map.Entry<Labels, AggregationGroup> e = all.next();
      into.reset(e.getKey());
      e.getValue().accumulator.emit(into);
      into.dropsName(e.getValue().dropsName(into));
      if (!into.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private Iterator<Map.Entry<Labels, AggregationGroup>> aggregate(StepSeries buffer) {
    Map<Labels, AggregationGroup> groups = new LinkedHashMap<>();
    while (from.next(buffer)) {
      run.tick();
      Labels key = grouping.of(buffer.labels());
      AggregationGroup g = groups.get(key);
      if (g == null) {
        run.memory().hold(QueryMemory.of(key));
        g = new AggregationGroup(accumulators.get());
        groups.put(key, g);
      }
      g.add(buffer);
    }
    return groups.entrySet().iterator();
  }

  @Override
  public boolean hasUniqueLabels() {
    return true;
  }
}
