package io.lamella.promql.exec.function;

import io.lamella.model.GoQuote;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.RangeMode;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.QueryRun;
import io.lamella.promql.exec.ScalarOperator;
import io.lamella.promql.exec.Steps;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Creates the window functions of calls.
public final class RangeFunctions {
  private RangeFunctions() {}

  private static final List<RangeVectorFunction> SMOOTHED =
      List.of(RangeVectorFunction.DELTA, RangeVectorFunction.INCREASE, RangeVectorFunction.RATE);

  private static final List<RangeVectorFunction> ANCHORED =
      List.of(
          RangeVectorFunction.CHANGES,
          RangeVectorFunction.DELTA,
          RangeVectorFunction.INCREASE,
          RangeVectorFunction.RATE,
          RangeVectorFunction.RESETS);

  public static RangeFunctionOperator.Naming naming(RangeVectorFunction f) {
    return f == RangeVectorFunction.LAST_OVER_TIME || f == RangeVectorFunction.FIRST_OVER_TIME
        ? RangeFunctionOperator.Naming.KEEPS
        : RangeFunctionOperator.Naming.DROPS;
  }

  /// @param place the position of the range argument, which most annotations get
  /// @param scalars the scalar arguments in order, `places` their positions
  public static WindowFunction of(
      QueryRun run,
      RangeVectorFunction f,
      TextRange place,
      RangeMode mode,
      List<ScalarOperator> scalars,
      List<TextRange> places,
      Steps steps) {
    if (mode != RangeMode.PLAIN) {
      return new ExtendedRange(run, f, mode, place);
    }
    Annotations a = run.annotations();
    return switch (f) {
      case RATE -> new Rates(run, Rates.RateFunction.RATE, place);
      case INCREASE -> new Rates(run, Rates.RateFunction.INCREASE, place);
      case DELTA -> new Rates(run, Rates.RateFunction.DELTA, place);
      case IRATE -> new InstantRates(run, place, true);
      case IDELTA -> new InstantRates(run, place, false);
      case CHANGES -> new Changes(run, place, false);
      case RESETS -> new Changes(run, place, true);
      case DERIV -> Regression.deriv(a, place);
      case PREDICT_LINEAR -> Regression.predict(a, place, scalars.getFirst());
      case DOUBLE_EXPONENTIAL_SMOOTHING ->
          Regression.smoothing(a, place, scalars.get(0), scalars.get(1));
      case SUM_OVER_TIME -> OverTime.sum(a, place);
      case AVG_OVER_TIME -> OverTime.avg(a, place);
      case MIN_OVER_TIME -> OverTime.min(a, place);
      case MAX_OVER_TIME -> OverTime.max(a, place);
      case STDDEV_OVER_TIME -> OverTime.variance(a, place, true);
      case STDVAR_OVER_TIME -> OverTime.variance(a, place, false);
      case MAD_OVER_TIME -> OverTime.mad(a, place);
      case COUNT_OVER_TIME -> OverTime.count();
      case PRESENT_OVER_TIME -> OverTime.present();
      case LAST_OVER_TIME -> OverTime.last();
      case FIRST_OVER_TIME -> OverTime.first();
      case TS_OF_FIRST_OVER_TIME -> OverTime.timeOfFirst();
      case TS_OF_LAST_OVER_TIME -> OverTime.timeOfLast();
      case TS_OF_MAX_OVER_TIME -> OverTime.timeOfExtreme(a, place, 1);
      case TS_OF_MIN_OVER_TIME -> OverTime.timeOfExtreme(a, place, -1);
      case QUANTILE_OVER_TIME ->
          new QuantileOverTime(a, place, places.getFirst(), scalars.getFirst());
    };
  }

  /// The failure where a function does not support anchored or smoothed ranges.
  public static Optional<EvaluationException> unsupportedMode(Function f, RangeMode mode) {
    List<RangeVectorFunction> allowed =
        switch (mode) {
          case PLAIN -> List.of();
          case ANCHORED -> ANCHORED;
          case SMOOTHED -> SMOOTHED;
        };
    if (mode == RangeMode.PLAIN || f instanceof RangeVectorFunction r && allowed.contains(r)) {
      return Optional.empty();
    }
    return Optional.of(
        new EvaluationException.Failed(
            mode.text()
                + " modifier can only be used with: "
                + allowed.stream().map(Function::text).collect(Collectors.joining(", "))
                + " - not with "
                + f.text()));
  }

  /// Warns of a quantile outside of [0, 1].
  ///
  /// @param place the position of the quantile; `of` is that of the expression whose quantile is
  ///   computed
  public static void badQuantile(Annotations a, TextRange place, TextRange of, double q) {
    if (!(q >= 0 && q <= 1)) {
      a.warn(place, of, "quantile value should be between 0 and 1, got " + Numbers.general(q));
    }
  }

  static String forMetric(String name) {
    return name.isEmpty() ? "" : " for metric name " + GoQuote.quote(name);
  }
}
