package io.lamella.promql.compile;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.promql.ast.At;
import io.lamella.promql.ast.DurationExpr;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.selector.HistogramReading;
import io.lamella.promql.exec.selector.InstantSelector;
import io.lamella.promql.exec.selector.ParallelSeries;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.RangeSelector;
import io.lamella.promql.exec.selector.ReferenceTimes;
import io.lamella.promql.exec.selector.SelectionPool;
import io.lamella.promql.exec.selector.SelectorOutput;
import io.lamella.promql.exec.selector.SmoothedSelector;
import io.lamella.promql.exec.selector.SubqueryOperator;
import io.lamella.promql.plan.DurationValues;
import io.lamella.promql.source.SampleHints;
import io.lamella.promql.source.SelectHints;
import io.lamella.promql.source.Selection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compiles selectors and subqueries to operators, and registers the samples that each selector
/// needs.
public final class SelectorCompiler {
  private final QueryRun run;
  private final Compiler compiler;
  private final SelectionPool pool;
  private final DurationValues durations;

  SelectorCompiler(QueryRun run, Compiler compiler, SelectionPool pool) {
    this.run = run;
    this.compiler = compiler;
    this.pool = pool;
    this.durations =
        new DurationValues(
            run.settings().stepMillis(), run.settings().endMillis() - run.settings().startMillis());
  }

  ReferenceTimes times(Steps steps, @Nullable DurationExpr offset, @Nullable At at) {
    long offsetMillis = offset == null ? 0 : durations.millis(offset);
    Long fixed =
        at == null ? null : at.resolve(run.settings().startMillis(), run.settings().endMillis());
    return new ReferenceTimes(steps, offsetMillis, fixed);
  }

  SeriesOperator instant(Expr.VectorSelector v, Steps steps, ConsumerHints hints) {
    ReferenceTimes times = times(steps, v.offset(), v.at());
    if (v.mode() == RangeMode.SMOOTHED) {
      long lookback = run.settings().lookbackMillis();
      SelectionPool.Handle handle =
          register(
              v.matchers(),
              new SampleReach(times, lookback - 1, lookback),
              0,
              hints.withoutLabels(),
              SampleHints.EVERYTHING);
      return new SmoothedSelector(run, handle, times, v.range(), output(hints).reading());
    }
    return instant(v.matchers(), times, InstantSelector.SampleField.VALUE, hints);
  }

  SeriesOperator instant(
      List<Matcher> matchers,
      ReferenceTimes times,
      InstantSelector.SampleField field,
      ConsumerHints hints) {
    long lookback = run.settings().lookbackMillis();
    SelectionPool.Handle handle =
        register(
            matchers,
            new SampleReach(times, lookback - 1, 0),
            0,
            hints,
            sampleHints(hints.filter().isPresent(), times, lookback, hints));
    SelectorOutput output = output(hints);
    return new ParallelSeries(
        run,
        handle,
        times.steps().count(),
        (worker, series) -> new InstantSelector(worker, series, times, field, output));
  }

  private static SelectorOutput output(ConsumerHints hints) {
    HistogramReading reading =
        hints.buckets() == ConsumerHints.Buckets.SKIPPED
            ? HistogramReading.WITHOUT_BUCKETS
            : HistogramReading.WHOLE;
    return new SelectorOutput(reading, hints.labels().isEmpty());
  }

  private static SampleHints sampleHints(
      boolean useHints, ReferenceTimes times, long width, ConsumerHints hints) {
    return useHints
        ? new SampleHints(hints.use(), Optional.of(times.windows(width)), hints.filter())
        : SampleHints.EVERYTHING;
  }

  /// How far from each reference time a selector reads.
  private record SampleReach(ReferenceTimes times, long before, long after) {
    TimeRange range() {
      long end = times.last() + after;
      return new TimeRange(Math.min(times.first() - before, end), end);
    }
  }

  private SelectionPool.Handle register(
      List<Matcher> matchers,
      SampleReach reach,
      long width,
      ConsumerHints hints,
      SampleHints samples) {
    SelectHints selectHints =
        new SelectHints(
            run.settings().stepMillis(),
            width,
            hints.function(),
            hints.labels(),
            samples,
            reach.times().parts(reach.before(), reach.after()));
    return pool.register(new Selection(matchers, reach.range(), selectHints));
  }

  /// The operator of a range vector.
  public RangeOperator range(Expr e, Steps steps, ConsumerHints hints) {
    return switch (Expr.unwrap(e)) {
      case Expr.MatrixSelector m -> matrix(m, steps, hints);
      case Expr.Subquery s -> subquery(s, steps, hints);
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.Paren _,
          Expr.Unary _,
          Expr.Binary _,
          Expr.Aggregation _,
          Expr.Call _,
          Expr.VectorSelector _ ->
          throw new EvaluationException.Failed("no range vector: " + e);
    };
  }

  private RangeOperator matrix(Expr.MatrixSelector m, Steps steps, ConsumerHints hints) {
    Expr.VectorSelector v = m.selector();
    long width = durations.positiveMillis(m.width());
    ReferenceTimes times = times(steps, v.offset(), v.at());
    long lookback = run.settings().lookbackMillis();
    long before = v.mode() == RangeMode.PLAIN ? 0 : lookback;
    long after = v.mode() == RangeMode.SMOOTHED ? lookback : 0;
    SelectionPool.Handle handle =
        register(
            v.matchers(),
            new SampleReach(times, width + before - 1, after),
            width,
            hints,
            sampleHints(v.mode() == RangeMode.PLAIN, times, width, hints));
    return new RangeSelector(run, handle, times, width, output(hints));
  }

  private RangeOperator subquery(Expr.Subquery s, Steps steps, ConsumerHints hints) {
    long width = durations.positiveMillis(s.width());
    long step =
        s.step() == null
            ? run.settings().subqueryStepMillis()
            : Math.max(1, durations.positiveMillis(s.step()));
    ReferenceTimes times = times(steps, s.offset(), s.at());
    Steps inner = innerSteps(times, width, step);
    ConsumerHints innerHints = ConsumerHints.ALL.buckets(ConsumerHints.Buckets.NEEDED);
    SeriesOperator operator =
        inner.count() == 0 ? Nothing.INSTANCE : compiler.vector(s.inner(), inner, innerHints);
    return new SubqueryOperator(run, operator, inner, times, width);
  }

  /// The multiples of a subquery's step that some window of it holds.
  private Steps innerSteps(ReferenceTimes times, long width, long step) {
    if (times.fixedMillis() != null || times.steps().isGrid()) {
      return run.steps(firstAfter(times.first() - width, step), times.last(), step);
    }
    Steps.Listing listing = run.listing(step);
    long next = Long.MIN_VALUE;
    for (int i = 0; i < times.steps().count(); i++) {
      long at = times.at(i);
      next = Math.max(next, firstAfter(at - width, step));
      for (; next <= at; next += step) {
        listing.add(next);
      }
    }
    return listing.steps();
  }

  /// The first multiple of a step after a time.
  private static long firstAfter(long millis, long step) {
    long multiple = step * (millis / step);
    return multiple <= millis ? multiple + step : multiple;
  }

  /// An operator without any series.
  enum Nothing implements SeriesOperator {
    INSTANCE;

    @Override
    public boolean next(StepSeries into) {
      return false;
    }

    @Override
    public boolean hasUniqueLabels() {
      return true;
    }
  }
}
