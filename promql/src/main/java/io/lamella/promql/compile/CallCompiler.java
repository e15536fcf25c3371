package io.lamella.promql.compile;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorFunction;
import io.lamella.promql.exec.DistinctSeries;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.EvaluationSettings;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.StoredSeries;
import io.lamella.promql.exec.function.DateParts;
import io.lamella.promql.exec.function.FloatMap;
import io.lamella.promql.exec.function.GoMath;
import io.lamella.promql.exec.function.HistogramQuantiles;
import io.lamella.promql.exec.function.HistogramValues;
import io.lamella.promql.exec.function.InfoJoin;
import io.lamella.promql.exec.function.LabelFunctions;
import io.lamella.promql.exec.function.RangeFunctionOperator;
import io.lamella.promql.exec.function.RangeFunctions;
import io.lamella.promql.exec.function.SortedSeries;
import io.lamella.promql.exec.function.VectorScalars;
import io.lamella.promql.exec.function.WindowFunction;
import io.lamella.promql.exec.selector.InstantSelector;
import io.lamella.promql.exec.selector.ParallelSeries;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.RangeSelector;
import io.lamella.promql.exec.selector.ReferenceTimes;
import io.lamella.promql.source.SampleUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;

/// Compiles function calls to operators.
final class CallCompiler {
  private final QueryRun run;
  private final Compiler compiler;
  private final SelectorCompiler selectors;

  CallCompiler(QueryRun run, Compiler compiler, SelectorCompiler selectors) {
    this.run = run;
    this.compiler = compiler;
    this.selectors = selectors;
  }

  /// The operator of a function that returns a scalar.
  ScalarOperator scalar(Expr.Call c, ScalarFunction f, Steps steps) {
    EvaluationSettings q = run.settings();
    return switch (f) {
      case PI -> constant(steps, Math.PI);
      case START -> constant(steps, q.startMillis() / 1000.0);
      case END -> constant(steps, q.endMillis() / 1000.0);
      case RANGE -> constant(steps, (q.endMillis() - q.startMillis()) / 1000.0);
      case STEP -> constant(steps, q.stepMillis() / 1000.0);
      case TIME -> time(steps);
      case MIN_OF -> combined(c, steps, GoMath::min);
      case MAX_OF -> combined(c, steps, GoMath::max);
      case SCALAR ->
          VectorScalars.scalar(run, vectorArg(c, 0, steps, ConsumerHints.ALL.in("scalar")), steps);
    };
  }

  private ScalarOperator constant(Steps steps, double v) {
    return ScalarOperator.lazily(run, steps, () -> Compiler.filled(steps, v));
  }

  private ScalarOperator time(Steps steps) {
    return ScalarOperator.lazily(
        run,
        steps,
        () -> {
          double[] out = new double[steps.count()];
          for (int i = 0; i < out.length; i++) {
            out[i] = steps.time(i) / 1000.0;
          }
          return out;
        });
  }

  private ScalarOperator combined(Expr.Call c, Steps steps, DoubleBinaryOperator f) {
    ScalarOperator left = compiler.scalar(c.args().get(0), steps);
    ScalarOperator right = compiler.scalar(c.args().get(1), steps);
    return ScalarOperator.lazily(
        run,
        steps,
        () -> {
          double[] a = left.values();
          double[] b = right.values();
          double[] out = new double[a.length];
          for (int i = 0; i < out.length; i++) {
            out[i] = f.applyAsDouble(a[i], b[i]);
          }
          return out;
        });
  }

  private SeriesOperator vectorArg(Expr.Call c, int i, Steps steps, ConsumerHints hints) {
    return compiler.vector(c.args().get(i), steps, hints);
  }

  /// The operator of a function that returns an instant vector.
  SeriesOperator vector(Expr.Call c, Steps steps, ConsumerHints outer) {
    ConsumerHints hints = outer.in(c.function().text());
    return switch (c.function()) {
      case FloatFunction f -> floats(vectorArg(c, 0, steps, hints), GoMath.function(f), hints);
      case DateFunction f ->
          floats(
              c.args().isEmpty()
                  ? VectorScalars.vector(time(steps))
                  : vectorArg(c, 0, steps, hints),
              DateParts.function(f),
              hints);
      case HistogramFunction f -> histogramValue(c, f, steps, hints);
      case RangeVectorFunction f -> {
        SampleUse use = ComparedValues.use(f);
        yield rangeFunction(
            c, f, steps, hints.use(use).filter(ComparedValues.through(use, outer.filter())));
      }
      case VectorFunction f -> vector(c, f, steps, hints.withoutLabels());
      case ScalarFunction _ -> throw Compiler.noInstantVector(c);
    };
  }

  private SeriesOperator vector(Expr.Call c, VectorFunction f, Steps steps, ConsumerHints hints) {
    return switch (f) {
      case CLAMP -> clamp(c, steps, hints);
      case CLAMP_MIN -> withScalar(c, steps, hints, (v, min) -> GoMath.max(min, v));
      case CLAMP_MAX -> withScalar(c, steps, hints, (v, max) -> GoMath.min(max, v));
      case ROUND -> withScalar(c, steps, hints, GoMath::round);
      case VECTOR -> VectorScalars.vector(compiler.scalar(c.args().getFirst(), steps));
      case TIMESTAMP -> timestamp(c, steps, hints);
      case START_TIMESTAMP -> startTimestamp(c, steps, hints);
      case ABSENT ->
          VectorScalars.absent(
              run, vectorArg(c, 0, steps, hints), absentLabels(c.args().getFirst()));
      case ABSENT_OVER_TIME -> absentOverTime(c, steps, hints.use(SampleUse.PRESENCE));
      case LABEL_REPLACE ->
          LabelFunctions.replace(
              run,
              vectorArg(c, 0, steps, hints),
              Compiler.text(c.args().get(1)),
              Compiler.text(c.args().get(2)),
              Compiler.text(c.args().get(3)),
              Compiler.text(c.args().get(4)));
      case LABEL_JOIN ->
          LabelFunctions.join(
              run,
              vectorArg(c, 0, steps, hints),
              Compiler.text(c.args().get(1)),
              Compiler.text(c.args().get(2)),
              texts(c, 3));
      case SORT -> sort(c, SortedSeries.byValue(false), steps, hints);
      case SORT_DESC -> sort(c, SortedSeries.byValue(true), steps, hints);
      case SORT_BY_LABEL -> sortByLabel(c, SortedSeries.byLabels(texts(c, 1), false), steps, hints);
      case SORT_BY_LABEL_DESC ->
          sortByLabel(c, SortedSeries.byLabels(texts(c, 1), true), steps, hints);
      case HISTOGRAM_QUANTILE ->
          histogramStatistic(
              c,
              c.args().size() - 1,
              new HistogramQuantiles.Statistic.OneQuantile(
                  compiler.scalar(c.args().getFirst(), steps),
                  Expr.unwrap(c.args().getFirst()).range()),
              steps,
              hints);
      case HISTOGRAM_QUANTILES -> histogramStatistic(c, 0, quantiles(c, steps), steps, hints);
      case HISTOGRAM_FRACTION ->
          histogramStatistic(
              c,
              c.args().size() - 1,
              new HistogramQuantiles.Statistic.Fraction(
                  compiler.scalar(c.args().get(0), steps), compiler.scalar(c.args().get(1), steps)),
              steps,
              hints);
      case INFO -> info(c, steps, hints);
    };
  }

  private SeriesOperator floats(SeriesOperator from, FloatMap.OfValue f, ConsumerHints hints) {
    return new FloatMap(run, from, FloatMap.floats(f), hints.labels().isEmpty());
  }

  private static List<String> texts(Expr.Call c, int from) {
    List<String> out = new ArrayList<>();
    for (Expr e : c.args().subList(from, c.args().size())) {
      out.add(Compiler.text(e));
    }
    return out;
  }

  private SeriesOperator rangeFunction(
      Expr.Call c, RangeVectorFunction f, Steps steps, ConsumerHints hints) {
    Expr argument = c.args().getFirst();
    List<ScalarOperator> scalars = new ArrayList<>();
    List<TextRange> places = new ArrayList<>();
    for (Expr e : c.args()) {
      if (e.type() == ValueType.MATRIX) {
        argument = e;
      } else {
        scalars.add(compiler.scalar(e, steps));
        places.add(Expr.unwrap(e).range());
      }
    }
    RangeMode mode =
        Expr.unwrap(argument) instanceof Expr.MatrixSelector m
            ? m.selector().mode()
            : RangeMode.PLAIN;
    Optional<EvaluationException> unsupportedMode = RangeFunctions.unsupportedMode(f, mode);
    if (unsupportedMode.isPresent()) {
      // The scalar arguments are evaluated first, so their failures come first.
      return new FailingSeries(scalars, unsupportedMode.get());
    }
    RangeOperator range = selectors.range(argument, steps, hints);
    TextRange place = place(argument);
    return over(
        range,
        worker -> RangeFunctions.of(worker, f, place, mode, scalars, places, steps),
        steps,
        RangeFunctions.naming(f),
        scalars.isEmpty());
  }

  /// The operator of a window function.
  ///
  /// @param function makes one for each thread
  /// @param isDivisible true where several threads may use the function's arguments
  private SeriesOperator over(
      RangeOperator range,
      Function<QueryRun, WindowFunction> function,
      Steps steps,
      RangeFunctionOperator.Naming naming,
      boolean isDivisible) {
    SeriesOperator all =
        range instanceof RangeSelector selector && isDivisible
            ? new ParallelSeries(
                run,
                selector.handle(),
                steps.count(),
                (worker, series) ->
                    new RangeFunctionOperator(
                        worker,
                        selector.over(worker, series),
                        function.apply(worker),
                        steps,
                        naming))
            : new RangeFunctionOperator(run, range, function.apply(run), steps, naming);
    return RangeFunctionOperator.mayDuplicate(run, range, naming)
        ? new DistinctSeries(run, all)
        : all;
  }

  /// The position that annotations about a range argument get: for subqueries Prometheus loses the
  /// start.
  private static TextRange place(Expr argument) {
    return Expr.unwrap(argument) instanceof Expr.Subquery
        ? new TextRange(0, argument.range().end())
        : Expr.unwrap(argument).range();
  }

  private SeriesOperator histogramValue(
      Expr.Call c, HistogramFunction f, Steps steps, ConsumerHints hints) {
    ConsumerHints.Buckets buckets =
        HistogramValues.readsBuckets(f)
            ? ConsumerHints.Buckets.NEEDED
            : ConsumerHints.Buckets.SKIPPED;
    return new FloatMap(
        run,
        vectorArg(c, 0, steps, hints.buckets(buckets)),
        HistogramValues.change(f),
        hints.labels().isEmpty());
  }

  /// A function of a float and a scalar argument; an omitted argument is 1.
  private SeriesOperator withScalar(
      Expr.Call c, Steps steps, ConsumerHints hints, DoubleBinaryOperator f) {
    SeriesOperator from = vectorArg(c, 0, steps, hints);
    ScalarOperator scalar =
        c.args().size() > 1 ? compiler.scalar(c.args().get(1), steps) : constant(steps, 1);
    FloatMap.Change change =
        FloatMap.floatsByStep((v, i) -> f.applyAsDouble(v, scalar.values()[i]));
    return new FloatMap(run, from, change, true);
  }

  private SeriesOperator clamp(Expr.Call c, Steps steps, ConsumerHints hints) {
    SeriesOperator from = vectorArg(c, 0, steps, hints);
    ScalarOperator min = compiler.scalar(c.args().get(1), steps);
    ScalarOperator max = compiler.scalar(c.args().get(2), steps);
    FloatMap.Change clamp =
        FloatMap.floatsByStep(
            (v, i) -> GoMath.max(min.values()[i], GoMath.min(max.values()[i], v)));
    FloatMap.Change change =
        s -> {
          clamp.apply(s);
          for (int i = 0; i < s.steps(); i++) {
            if (max.values()[i] < min.values()[i]) {
              s.unset(i);
            }
          }
        };
    return new FloatMap(run, from, change, true);
  }

  private SeriesOperator timestamp(Expr.Call c, Steps steps, ConsumerHints hints) {
    Expr arg = Expr.unwrap(c.args().getFirst());
    if (arg instanceof Expr.VectorSelector v) {
      return timesOf(v, InstantSelector.SampleField.TIME, steps, hints);
    }
    FloatMap.Change change =
        s -> {
          for (int i = 0; i < s.steps(); i++) {
            if (s.has(i)) {
              s.set(i, steps.time(i) / 1000.0);
            }
          }
        };
    return new FloatMap(run, compiler.vector(arg, steps, hints), change, true);
  }

  private SeriesOperator startTimestamp(Expr.Call c, Steps steps, ConsumerHints hints) {
    Expr arg = Expr.unwrap(c.args().getFirst());
    if (run.has(Feature.USE_START_TIMESTAMPS) && arg instanceof Expr.VectorSelector v) {
      return timesOf(v, InstantSelector.SampleField.START_TIME, steps, hints);
    }
    FloatMap.Change change =
        s -> {
          for (int i = 0; i < s.steps(); i++) {
            s.unset(i);
          }
        };
    return new FloatMap(run, compiler.vector(arg, steps, hints), change, true);
  }

  private SeriesOperator timesOf(
      Expr.VectorSelector v, InstantSelector.SampleField field, Steps steps, ConsumerHints hints) {
    ReferenceTimes times = selectors.times(steps, v.offset(), v.at());
    SeriesOperator from = selectors.instant(v.matchers(), times, field, hints);
    return new FloatMap(run, from, _ -> {}, true);
  }

  /// The labels of the result of `absent`: those that the selector fixes to one value.
  private static Labels absentLabels(Expr e) {
    List<Matcher> matchers =
        switch (Expr.unwrap(e)) {
          case Expr.VectorSelector v -> v.matchers();
          case Expr.MatrixSelector m -> m.selector().matchers();
          case Expr.NumberLiteral _,
              Expr.StringLiteral _,
              Expr.Paren _,
              Expr.Unary _,
              Expr.Binary _,
              Expr.Aggregation _,
              Expr.Call _,
              Expr.Subquery _ ->
              List.of();
        };
    // Prometheus' storage sorts the matchers that take series away behind the others, in place.
    List<Matcher> sorted = new ArrayList<>();
    matchers.stream().filter(m -> !takesAway(m, matchers)).forEach(sorted::add);
    matchers.stream().filter(m -> takesAway(m, matchers)).forEach(sorted::add);
    LabelsBuilder b = new LabelsBuilder();
    Set<String> set = new HashSet<>();
    for (Matcher m : sorted) {
      if (m.name().equals(Labels.METRIC_NAME)) {
        continue;
      }
      if (m.type() == Matcher.Type.EQUAL && set.add(m.name())) {
        b.set(m.name(), m.value());
      } else {
        b.remove(m.name());
      }
    }
    return b.build();
  }

  private static boolean takesAway(Matcher m, List<Matcher> all) {
    boolean mustBeSet =
        all.stream().anyMatch(other -> other.name().equals(m.name()) && !other.matches(""));
    return !mustBeSet || m.type().isNegative() && m.matches("");
  }

  private SeriesOperator absentOverTime(Expr.Call c, Steps steps, ConsumerHints hints) {
    Expr arg = c.args().getFirst();
    if (Expr.unwrap(arg) instanceof Expr.MatrixSelector m) {
      Optional<EvaluationException> unsupportedMode =
          RangeFunctions.unsupportedMode(c.function(), m.selector().mode());
      if (unsupportedMode.isPresent()) {
        return new FailingSeries(List.of(), unsupportedMode.get());
      }
    }
    RangeOperator range = selectors.range(arg, steps, hints);
    SeriesOperator present =
        over(
            range,
            worker ->
                RangeFunctions.of(
                    worker,
                    RangeVectorFunction.PRESENT_OVER_TIME,
                    arg.range(),
                    RangeMode.PLAIN,
                    List.of(),
                    List.of(),
                    steps),
            steps,
            RangeFunctionOperator.Naming.KEEPS,
            true);
    return VectorScalars.absent(run, present, absentLabels(arg));
  }

  private SeriesOperator sort(
      Expr.Call c, Comparator<StoredSeries> order, Steps steps, ConsumerHints hints) {
    warnOfSort(c, steps);
    return new SortedSeries(
        run, vectorArg(c, 0, steps, hints), steps.isRange() ? null : order, true);
  }

  private SeriesOperator sortByLabel(
      Expr.Call c, Comparator<StoredSeries> order, Steps steps, ConsumerHints hints) {
    warnOfSort(c, steps);
    return new SortedSeries(
        run, vectorArg(c, 0, steps, hints), steps.isRange() ? null : order, false);
  }

  private void warnOfSort(Expr.Call c, Steps steps) {
    if (steps.isRange()) {
      run.annotations()
          .warn(
              c.range(),
              "sort is ineffective for range queries since results are always ordered by labels");
    }
  }

  private HistogramQuantiles.Statistic quantiles(Expr.Call c, Steps steps) {
    List<ScalarOperator> q = new ArrayList<>();
    List<TextRange> places = new ArrayList<>();
    for (Expr e : c.args().subList(2, c.args().size())) {
      q.add(compiler.scalar(e, steps));
      places.add(Expr.unwrap(e).range());
    }
    return new HistogramQuantiles.Statistic.SeveralQuantiles(
        Compiler.text(c.args().get(1)), q, places);
  }

  /// @param at the position of the histograms among the arguments
  private SeriesOperator histogramStatistic(
      Expr.Call c,
      int at,
      HistogramQuantiles.Statistic statistic,
      Steps steps,
      ConsumerHints hints) {
    SeriesOperator from = vectorArg(c, at, steps, hints.buckets(ConsumerHints.Buckets.NEEDED));
    return new HistogramQuantiles(
        run, from, steps, statistic, Expr.unwrap(c.args().get(at)).range());
  }

  private SeriesOperator info(Expr.Call c, Steps steps, ConsumerHints hints) {
    List<Matcher> nameMatchers = new ArrayList<>();
    List<Matcher> dataMatchers = new ArrayList<>();
    if (c.args().size() > 1 && c.args().get(1) instanceof Expr.VectorSelector v) {
      for (Matcher m : v.matchers()) {
        (m.name().equals(Labels.METRIC_NAME) ? nameMatchers : dataMatchers).add(m);
      }
    }
    if (nameMatchers.isEmpty()) {
      nameMatchers.add(Matcher.equal(Labels.METRIC_NAME, InfoJoin.DEFAULT_METRIC));
    } else if (nameMatchers.stream().allMatch(m -> m.type().isNegative())) {
      nameMatchers.add(Matcher.of(Matcher.Type.REGEX, Labels.METRIC_NAME, ".+_info"));
    }
    List<Matcher> all = new ArrayList<>(nameMatchers);
    all.addAll(dataMatchers);
    ReferenceTimes times = new InfoReference(selectors, steps).of(c.args().getFirst());
    return new InfoJoin(
        run,
        new InfoJoin.Inputs(
            vectorArg(c, 0, steps, hints),
            selectors.instant(all, times, InstantSelector.SampleField.VALUE, ConsumerHints.ALL),
            selectors.instant(all, times, InstantSelector.SampleField.TIME, ConsumerHints.ALL),
            nameMatchers,
            dataMatchers),
        steps.count());
  }
}
