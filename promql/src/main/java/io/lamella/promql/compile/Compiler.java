package io.lamella.promql.compile;

import io.lamella.model.GoQuote;
import io.lamella.model.Utf8Order;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorMatching;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.MergedSeries;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.RepeatedSeries;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.SeriesOperator;
import io.lamella.promql.exec.Steps;
import io.lamella.promql.exec.aggregate.CollectingAggregation;
import io.lamella.promql.exec.aggregate.GroupedInput;
import io.lamella.promql.exec.aggregate.Grouping;
import io.lamella.promql.exec.aggregate.SelectingAggregation;
import io.lamella.promql.exec.aggregate.StreamingAggregation;
import io.lamella.promql.exec.binary.ScalarBinary;
import io.lamella.promql.exec.binary.SetBinary;
import io.lamella.promql.exec.binary.VectorBinary;
import io.lamella.promql.exec.binary.VectorScalarBinary;
import io.lamella.promql.exec.function.FloatMap;
import io.lamella.promql.exec.function.Negation;
import io.lamella.promql.exec.selector.SelectionPool;
import io.lamella.promql.plan.Projection;
import io.lamella.promql.plan.StepInvariance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Compiles a syntax tree to operators. It reads no samples.
public final class Compiler {
  private final QueryRun run;
  private final StepInvariance invariance;
  private final SelectorCompiler selectors;
  private final CallCompiler calls;
  private final List<ScalarOperator> scalars = new ArrayList<>();

  public Compiler(QueryRun run) {
    this(run, new SelectionPool(run));
  }

  /// @param pool of the selections, which several expressions of a run may share
  public Compiler(QueryRun run, SelectionPool pool) {
    this.run = run;
    this.selectors = new SelectorCompiler(run, this, pool);
    this.invariance = new StepInvariance(e -> new InfoReference(selectors, Steps.once(0)).isOne(e));
    this.calls = new CallCompiler(run, this, selectors);
  }

  public SelectorCompiler selectors() {
    return selectors;
  }

  /// The operator of an instant vector.
  public SeriesOperator vector(Expr e, Steps steps, ConsumerHints hints) {
    run.check();
    if (steps.isRange() && invariance.holds(e)) {
      return new RepeatedSeries(vector(e, Steps.once(steps.first()), hints));
    }
    return switch (e) {
      case Expr.Paren p -> vector(p.inner(), steps, hints);
      case Expr.Unary u -> unary(u, steps, hints);
      case Expr.Binary b -> binary(b, steps, hints.withoutLabels());
      case Expr.Aggregation a -> aggregation(a, steps, hints.withoutLabels());
      case Expr.Call c -> calls.vector(c, steps, hints);
      case Expr.VectorSelector v -> selectors.instant(v, steps, hints);
      case Expr.NumberLiteral _, Expr.StringLiteral _, Expr.MatrixSelector _, Expr.Subquery _ ->
          throw noInstantVector(e);
    };
  }

  /// The operator of a scalar.
  public ScalarOperator scalar(Expr e, Steps steps) {
    ScalarOperator s = scalarOf(e, steps);
    if (!(e instanceof Expr.NumberLiteral)) {
      scalars.add(s);
    }
    return s;
  }

  /// Computes scalars that no operator has used, so that their failures and warnings are not lost.
  public void finish() {
    scalars.forEach(ScalarOperator::values);
  }

  private ScalarOperator scalarOf(Expr e, Steps steps) {
    run.check();
    if (steps.isRange() && invariance.holds(e) && !(e instanceof Expr.NumberLiteral)) {
      ScalarOperator once = scalar(e, Steps.once(steps.first()));
      return ScalarOperator.lazily(run, steps, () -> filled(steps, once.values()[0]));
    }
    return switch (e) {
      case Expr.NumberLiteral n ->
          ScalarOperator.lazily(run, steps, () -> filled(steps, n.value()));
      case Expr.Paren p -> scalar(p.inner(), steps);
      case Expr.Unary u -> {
        ScalarOperator inner = scalar(u.inner(), steps);
        yield u.minus() ? negated(inner, steps) : inner;
      }
      case Expr.Binary b ->
          ScalarBinary.of(run, b.op(), scalar(b.left(), steps), scalar(b.right(), steps), steps);
      case Expr.Call c when c.function() instanceof ScalarFunction f -> calls.scalar(c, f, steps);
      case Expr.Call _,
          Expr.Aggregation _,
          Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _,
          Expr.Subquery _ ->
          throw new EvaluationException.Failed("no scalar: " + e);
    };
  }

  static EvaluationException noInstantVector(Expr e) {
    return new EvaluationException.Failed("no instant vector: " + e);
  }

  static double[] filled(Steps steps, double v) {
    double[] out = new double[steps.count()];
    Arrays.fill(out, v);
    return out;
  }

  private ScalarOperator negated(ScalarOperator s, Steps steps) {
    return ScalarOperator.lazily(
        run,
        steps,
        () -> {
          double[] out = s.values().clone();
          for (int i = 0; i < out.length; i++) {
            out[i] = -out[i];
          }
          return out;
        });
  }

  /// The text of a string argument.
  static String text(Expr e) {
    return Expr.unwrap(e) instanceof Expr.StringLiteral s ? s.value() : "";
  }

  private SeriesOperator unary(Expr.Unary u, Steps steps, ConsumerHints hints) {
    SeriesOperator inner = vector(u.inner(), steps, hints.in(""));
    if (!u.minus()) {
      return inner;
    }
    SeriesOperator negated = new FloatMap(run, inner, Negation::apply, false);
    // Series without their names are merged where their labels are equal and their steps differ.
    return run.delaysNames() || !hints.labels().isEmpty()
        ? negated
        : new MergedSeries(run, negated, steps.count());
  }

  private SeriesOperator binary(Expr.Binary b, Steps steps, ConsumerHints outer) {
    ConsumerHints hints = outer.in("");
    if (b.op().isTrim()) {
      hints = hints.buckets(ConsumerHints.Buckets.NEEDED);
    }
    boolean leftScalar = b.left().type() == ValueType.SCALAR;
    boolean rightScalar = b.right().type() == ValueType.SCALAR;
    if (leftScalar || rightScalar) {
      return new VectorScalarBinary(
          run,
          vector(leftScalar ? b.right() : b.left(), steps, hints.filter(ComparedValues.filter(b))),
          scalar(leftScalar ? b.left() : b.right(), steps),
          new VectorScalarBinary.Operation(b.op(), b.bool(), leftScalar, b.range()),
          steps.count());
    }
    SeriesOperator left = vector(b.left(), steps, hints);
    SeriesOperator right = vector(b.right(), steps, hints);
    VectorMatching m = b.matching();
    if (m == null) {
      throw new EvaluationException.Failed("vector matching is missing: " + b);
    }
    if (b.op().isSet()) {
      return new SetBinary(run, left, right, b.op(), m, steps);
    }
    return new VectorBinary(
        run, left, right, new VectorBinary.Operation(b.op(), b.bool(), m, b.range()), steps);
  }

  private SeriesOperator aggregation(Expr.Aggregation a, Steps steps, ConsumerHints outer) {
    Optional<Set<String>> labels = Projection.labels(a, run.settings().features());
    ConsumerHints hints = outer.in(a.op().text()).labels(labels);
    SeriesOperator inner = vector(a.inner(), steps, hints);
    Grouping grouping = new Grouping(a.grouping(), a.without());
    TextRange innerPlace = Expr.unwrap(a.inner()).range();
    return switch (a.op()) {
      case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR ->
          new StreamingAggregation(
              run, new GroupedInput(inner, steps.count(), grouping, innerPlace), a.op());
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO ->
          new SelectingAggregation(
              run,
              new GroupedInput(inner, steps.count(), grouping, a.range()),
              a.op(),
              new SelectingAggregation.Parameter(parameter(a, steps), parameterPlace(a)));
      case QUANTILE ->
          new CollectingAggregation(
              run,
              new GroupedInput(inner, steps.count(), grouping, innerPlace),
              new CollectingAggregation.GroupStatistic.Quantile(
                  parameter(a, steps), parameterPlace(a)));
      case COUNT_VALUES -> countValues(a, inner, steps);
    };
  }

  private static TextRange parameterPlace(Expr.Aggregation a) {
    Expr param = a.param();
    return param == null ? a.range() : Expr.unwrap(param).range();
  }

  private ScalarOperator parameter(Expr.Aggregation a, Steps steps) {
    Expr param = a.param();
    if (param == null) {
      throw new EvaluationException.Failed("parameter is missing: " + a);
    }
    return scalar(param, steps);
  }

  private SeriesOperator countValues(Expr.Aggregation a, SeriesOperator inner, Steps steps) {
    Expr param = a.param();
    String label = param == null ? "" : text(param);
    if (label.isEmpty() || !Utf8Order.isValid(label)) {
      throw new EvaluationException.Failed("invalid label name " + GoQuote.quote(label));
    }
    List<String> names = a.grouping();
    if (!a.without()) {
      names = new ArrayList<>(names);
      names.add(label);
    }
    return new CollectingAggregation(
        run,
        new GroupedInput(
            inner, steps.count(), new Grouping(names, a.without()), Expr.unwrap(a.inner()).range()),
        new CollectingAggregation.GroupStatistic.CountValues(label));
  }
}
