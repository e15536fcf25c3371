package io.lamella.promql.compile;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.model.Matcher;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.StepSeries;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.function.FloatMap;
import io.lamella.promql.exec.function.GoMath;
import io.lamella.promql.exec.function.HistogramQuantiles;
import io.lamella.promql.exec.function.HistogramValues;
import io.lamella.promql.exec.function.InfoJoin;
import io.lamella.promql.exec.function.LabelFunctions;
import io.lamella.promql.exec.function.RangeFunction;
import io.lamella.promql.exec.function.RangeFunctionOperator;
import io.lamella.promql.exec.function.RangeFunctions;
import io.lamella.promql.exec.function.SortedSeries;
import io.lamella.promql.exec.function.VectorScalars;
import io.lamella.promql.exec.selector.InstantSelector;
import io.lamella.promql.exec.selector.RangeOperator;
import io.lamella.promql.exec.selector.ReferenceTimes;
import io.lamella.promql.source.SampleUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the operators of function calls.
final class CallCompiler {
  private final QueryRun run;
  private final Compiler compiler;
  private final SelectorCompiler selectors;

  CallCompiler(QueryRun run, Compiler compiler, SelectorCompiler selectors) {
    this.run = run;
    this.compiler = compiler;
    this.selectors = selectors;
  }

  ScalarOperator scalar(Expr.Call c, Steps steps) {
    QueryRun.Settings q = run.settings();
    return switch (c.function()) {
      case PI -> constant(steps, Math.PI);
      case START -> constant(steps, q.startMillis() / 1000.0);
      case END -> constant(steps, q.endMillis() / 1000.0);
      case RANGE -> constant(steps, (q.endMillis() - q.startMillis()) / 1000.0);
      case STEP -> constant(steps, q.stepMillis() / 1000.0);
      case TIME -> time(steps);
      case MIN_OF, MAX_OF -> extreme(c, steps);
      case SCALAR ->
          VectorScalars.scalar(
              vectorArg(c, 0, steps, ConsumerHints.ALL.in("scalar")), steps.count());
      default -> throw new EvaluationException.Failed("no scalar function: " + c.function().text());
    };
  }

  private static ScalarOperator constant(Steps steps, double v) {
    return ScalarOperator.lazily(() -> Compiler.filled(steps, v));
  }

  private static ScalarOperator time(Steps steps) {
    return ScalarOperator.lazily(() -> {
      double[] out = new double[steps.count()];
      for (int i = 0; i < out.length; i++) {
        out[i] = steps.time(i) / 1000.0;
      }
      return out;
    });
  }

  private ScalarOperator extreme(Expr.Call c, Steps steps) {
    ScalarOperator left = compiler.scalar(c.args().get(0), steps);
    ScalarOperator right = compiler.scalar(c.args().get(1), steps);
    boolean max = c.function() == Function.MAX_OF;
    return ScalarOperator.lazily(() -> {
      double[] a = left.values();
      double[] b = right.values();
      double[] out = new double[a.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = max ? GoMath.max(a[i], b[i]) : GoMath.min(a[i], b[i]);
      }
      return out;
    });
  }

  private SeriesOperator vectorArg(Expr.Call c, int i, Steps steps, ConsumerHints wanted) {
    return compiler.vector(c.args().get(i), steps, wanted);
  }

  SeriesOperator vector(Expr.Call c, Steps steps, ConsumerHints outer) {
    Function f = c.function();
    ConsumerHints wanted = outer.in(f.text());
    if (RangeFunctions.isRangeFunction(f)) {
      SampleUse use = ComparedValues.use(f);
      return rangeFunction(
          c, steps, wanted.use(use).filter(ComparedValues.through(use, outer.filter())));
    }
    FloatMap.OfValue plain = GoMath.function(f);
    if (plain != null) {
      SeriesOperator from =
          c.args().isEmpty() ? VectorScalars.vector(time(steps)) : vectorArg(c, 0, steps, wanted);
      return new FloatMap(run, from, FloatMap.floats(plain), wanted.labels().isEmpty());
    }
    return switch (f) {
      case HISTOGRAM_COUNT, HISTOGRAM_SUM, HISTOGRAM_AVG ->
          histogramValue(c, steps, wanted.buckets(ConsumerHints.Buckets.SKIPPED));
      case HISTOGRAM_STDDEV, HISTOGRAM_STDVAR ->
          histogramValue(c, steps, wanted.buckets(ConsumerHints.Buckets.NEEDED));
      case CLAMP, CLAMP_MIN, CLAMP_MAX, ROUND -> clampOrRound(c, steps, wanted.withoutLabels());
      case VECTOR -> VectorScalars.vector(compiler.scalar(c.args().getFirst(), steps));
      case TIMESTAMP, START_TIMESTAMP -> timestamp(c, steps, wanted.withoutLabels());
      case ABSENT ->
          VectorScalars.absent(
              run,
              vectorArg(c, 0, steps, wanted.withoutLabels()),
              absentLabels(c.args().getFirst()));
      case ABSENT_OVER_TIME ->
          absentOverTime(c, steps, wanted.withoutLabels().use(SampleUse.PRESENCE));
      case LABEL_REPLACE ->
          LabelFunctions.replace(
              run,
              vectorArg(c, 0, steps, wanted.withoutLabels()),
              Compiler.text(c.args().get(1)),
              Compiler.text(c.args().get(2)),
              Compiler.text(c.args().get(3)),
              Compiler.text(c.args().get(4)));
      case LABEL_JOIN ->
          LabelFunctions.join(
              run,
              vectorArg(c, 0, steps, wanted.withoutLabels()),
              Compiler.text(c.args().get(1)),
              Compiler.text(c.args().get(2)),
              texts(c, 3));
      case SORT, SORT_DESC, SORT_BY_LABEL, SORT_BY_LABEL_DESC ->
          sort(c, steps, wanted.withoutLabels());
      case HISTOGRAM_QUANTILE, HISTOGRAM_QUANTILES, HISTOGRAM_FRACTION ->
          histogramQuestion(c, steps, wanted.withoutLabels().buckets(ConsumerHints.Buckets.NEEDED));
      case INFO -> info(c, steps, wanted.withoutLabels());
      default -> throw new EvaluationException.Failed("no vector function: " + f.text());
    };
  }

  private static List<String> texts(Expr.Call c, int from) {
    List<String> out = new ArrayList<>();
    for (Expr e : c.args().subList(from, c.args().size())) {
      out.add(Compiler.text(e));
    }
    return out;
  }

  private SeriesOperator rangeFunction(Expr.Call c, Steps steps, ConsumerHints wanted) {
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
    Optional<EvaluationException> refusal = RangeFunctions.refusal(c.function(), mode);
    if (refusal.isPresent()) {
      // Failures of what is evaluated before come first.
      return new FailingSeries(scalars, refusal.get());
    }
    RangeOperator range = selectors.range(argument, steps, wanted);
    RangeFunction function =
        RangeFunctions.of(run, c.function(), place(argument), mode, scalars, places, steps);
    return new RangeFunctionOperator(
        run, range, function, steps, RangeFunctions.naming(c.function()));
  }

  /// Where annotations about a range argument point: Prometheus loses the place of subqueries.
  private static TextRange place(Expr argument) {
    return Expr.unwrap(argument) instanceof Expr.Subquery
        ? new TextRange(0, argument.range().end())
        : Expr.unwrap(argument).range();
  }

  private SeriesOperator histogramValue(Expr.Call c, Steps steps, ConsumerHints wanted) {
    return new FloatMap(
        run,
        vectorArg(c, 0, steps, wanted),
        HistogramValues.change(c.function()),
        wanted.labels().isEmpty());
  }

  private SeriesOperator clampOrRound(Expr.Call c, Steps steps, ConsumerHints wanted) {
    SeriesOperator from = vectorArg(c, 0, steps, wanted);
    ScalarOperator first =
        c.args().size() > 1 ? compiler.scalar(c.args().get(1), steps) : constant(steps, 1);
    FloatMap.Change change =
        switch (c.function()) {
          case ROUND -> FloatMap.floatsByStep((v, i) -> GoMath.round(v, first.values()[i]));
          case CLAMP_MIN -> FloatMap.floatsByStep((v, i) -> GoMath.max(first.values()[i], v));
          case CLAMP_MAX -> FloatMap.floatsByStep((v, i) -> GoMath.min(first.values()[i], v));
          default -> clamp(first, compiler.scalar(c.args().get(2), steps));
        };
    return new FloatMap(run, from, change, true);
  }

  private static FloatMap.Change clamp(ScalarOperator min, ScalarOperator max) {
    FloatMap.Change clamp =
        FloatMap.floatsByStep(
            (v, i) -> GoMath.max(min.values()[i], GoMath.min(max.values()[i], v)));
    return s -> {
      clamp.apply(s);
      for (int i = 0; i < s.steps(); i++) {
        if (max.values()[i] < min.values()[i]) {
          s.unset(i);
        }
      }
    };
  }

  private SeriesOperator timestamp(Expr.Call c, Steps steps, ConsumerHints wanted) {
    boolean starts = c.function() == Function.START_TIMESTAMP;
    Expr arg = Expr.unwrap(c.args().getFirst());
    boolean known = !starts || run.has(Feature.USE_START_TIMESTAMPS);
    if (known && arg instanceof Expr.VectorSelector v) {
      ReferenceTimes times = selectors.times(steps, v.offset(), v.at());
      InstantSelector.Picks picks =
          starts ? InstantSelector.Picks.START_TIME : InstantSelector.Picks.TIME;
      SeriesOperator from = selectors.instant(v.matchers(), times, picks, wanted);
      return new FloatMap(run, from, _ -> {}, true);
    }
    FloatMap.Change change =
        s -> {
          for (int i = 0; i < s.steps(); i++) {
            if (starts) {
              s.unset(i);
            } else if (s.has(i)) {
              s.set(i, steps.time(i) / 1000.0);
            }
          }
        };
    return new FloatMap(run, compiler.vector(arg, steps, wanted), change, true);
  }

  /// The labels that an absent selector would have had.
  private static Labels absentLabels(Expr e) {
    List<Matcher> matchers =
        switch (Expr.unwrap(e)) {
          case Expr.VectorSelector v -> v.matchers();
          case Expr.MatrixSelector m -> m.selector().matchers();
          default -> List.of();
        };
    LabelsBuilder b = new LabelsBuilder();
    Set<String> set = new HashSet<>();
    for (Matcher m : matchers) {
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

  private SeriesOperator absentOverTime(Expr.Call c, Steps steps, ConsumerHints wanted) {
    Expr arg = c.args().getFirst();
    if (Expr.unwrap(arg) instanceof Expr.MatrixSelector m) {
      Optional<EvaluationException> refusal =
          RangeFunctions.refusal(c.function(), m.selector().mode());
      if (refusal.isPresent()) {
        return new FailingSeries(List.of(), refusal.get());
      }
    }
    RangeOperator range = selectors.range(arg, steps, wanted);
    SeriesOperator present =
        new RangeFunctionOperator(
            run,
            range,
            RangeFunctions.of(
                run,
                Function.PRESENT_OVER_TIME,
                arg.range(),
                RangeMode.PLAIN,
                List.of(),
                List.of(),
                steps),
            steps,
            RangeFunctionOperator.Naming.KEEPS);
    return VectorScalars.absent(run, present, absentLabels(arg));
  }

  private SeriesOperator sort(Expr.Call c, Steps steps, ConsumerHints wanted) {
    Function f = c.function();
    boolean byLabel = f == Function.SORT_BY_LABEL || f == Function.SORT_BY_LABEL_DESC;
    boolean descending = f == Function.SORT_DESC || f == Function.SORT_BY_LABEL_DESC;
    @Nullable Comparator<StepSeries> order = null;
    if (!steps.isRange()) {
      order =
          byLabel
              ? SortedSeries.byLabels(texts(c, 1), descending)
              : SortedSeries.byValue(descending);
    }
    if (steps.isRange()) {
      run.annotations()
          .warn(
              c.range(),
              "sort is ineffective for range queries since results are always ordered by labels");
    }
    return new SortedSeries(run, vectorArg(c, 0, steps, wanted), order, !byLabel);
  }

  private SeriesOperator histogramQuestion(Expr.Call c, Steps steps, ConsumerHints wanted) {
    List<Expr> args = c.args();
    HistogramQuantiles.Question question =
        switch (c.function()) {
          case HISTOGRAM_QUANTILE ->
              new HistogramQuantiles.Question.Quantile(
                  compiler.scalar(args.get(0), steps), Expr.unwrap(args.get(0)).range());
          case HISTOGRAM_QUANTILES -> {
            List<ScalarOperator> q = new ArrayList<>();
            List<TextRange> places = new ArrayList<>();
            for (Expr e : args.subList(2, args.size())) {
              q.add(compiler.scalar(e, steps));
              places.add(Expr.unwrap(e).range());
            }
            yield new HistogramQuantiles.Question.Quantiles(Compiler.text(args.get(1)), q, places);
          }
          default ->
              new HistogramQuantiles.Question.Fraction(
                  compiler.scalar(args.get(0), steps), compiler.scalar(args.get(1), steps));
        };
    int at = c.function() == Function.HISTOGRAM_QUANTILES ? 0 : args.size() - 1;
    return new HistogramQuantiles(
        run, vectorArg(c, at, steps, wanted), steps, question, Expr.unwrap(args.get(at)).range());
  }

  private SeriesOperator info(Expr.Call c, Steps steps, ConsumerHints wanted) {
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
            vectorArg(c, 0, steps, wanted),
            selectors.instant(all, times, InstantSelector.Picks.VALUE, ConsumerHints.ALL),
            selectors.instant(all, times, InstantSelector.Picks.TIME, ConsumerHints.ALL),
            nameMatchers,
            dataMatchers),
        steps.count());
  }
}
