package io.lamella.promql.ast;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions: names, argument types, what they return.
public enum Function {
  ABS("abs", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ABSENT("absent", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ABSENT_OVER_TIME("absent_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  ACOS("acos", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ACOSH("acosh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ASIN("asin", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ASINH("asinh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ATAN("atan", "v", 0, ValueType.VECTOR, Stability.STABLE),
  ATANH("atanh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  AVG_OVER_TIME("avg_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  CEIL("ceil", "v", 0, ValueType.VECTOR, Stability.STABLE),
  CHANGES("changes", "r", 0, ValueType.VECTOR, Stability.STABLE),
  CLAMP("clamp", "vss", 0, ValueType.VECTOR, Stability.STABLE),
  CLAMP_MAX("clamp_max", "vs", 0, ValueType.VECTOR, Stability.STABLE),
  CLAMP_MIN("clamp_min", "vs", 0, ValueType.VECTOR, Stability.STABLE),
  COS("cos", "v", 0, ValueType.VECTOR, Stability.STABLE),
  COSH("cosh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  COUNT_OVER_TIME("count_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  DAY_OF_MONTH("day_of_month", "v", 1, ValueType.VECTOR, Stability.STABLE),
  DAY_OF_WEEK("day_of_week", "v", 1, ValueType.VECTOR, Stability.STABLE),
  DAY_OF_YEAR("day_of_year", "v", 1, ValueType.VECTOR, Stability.STABLE),
  DAYS_IN_MONTH("days_in_month", "v", 1, ValueType.VECTOR, Stability.STABLE),
  DEG("deg", "v", 0, ValueType.VECTOR, Stability.STABLE),
  DELTA("delta", "r", 0, ValueType.VECTOR, Stability.STABLE),
  DERIV("deriv", "r", 0, ValueType.VECTOR, Stability.STABLE),
  DOUBLE_EXPONENTIAL_SMOOTHING(
      "double_exponential_smoothing", "rss", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  END("end", "", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  EXP("exp", "v", 0, ValueType.VECTOR, Stability.STABLE),
  FIRST_OVER_TIME("first_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  FLOOR("floor", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_AVG("histogram_avg", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_COUNT("histogram_count", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_FRACTION("histogram_fraction", "ssv", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_QUANTILE("histogram_quantile", "sv", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_QUANTILES("histogram_quantiles", "vtss", 9, ValueType.VECTOR, Stability.EXPERIMENTAL),
  HISTOGRAM_STDDEV("histogram_stddev", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_STDVAR("histogram_stdvar", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HISTOGRAM_SUM("histogram_sum", "v", 0, ValueType.VECTOR, Stability.STABLE),
  HOUR("hour", "v", 1, ValueType.VECTOR, Stability.STABLE),
  IDELTA("idelta", "r", 0, ValueType.VECTOR, Stability.STABLE),
  INCREASE("increase", "r", 0, ValueType.VECTOR, Stability.STABLE),
  INFO("info", "vv", 1, ValueType.VECTOR, Stability.EXPERIMENTAL),
  IRATE("irate", "r", 0, ValueType.VECTOR, Stability.STABLE),
  LABEL_JOIN("label_join", "vttt", -1, ValueType.VECTOR, Stability.STABLE),
  LABEL_REPLACE("label_replace", "vtttt", 0, ValueType.VECTOR, Stability.STABLE),
  LAST_OVER_TIME("last_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  LN("ln", "v", 0, ValueType.VECTOR, Stability.STABLE),
  LOG10("log10", "v", 0, ValueType.VECTOR, Stability.STABLE),
  LOG2("log2", "v", 0, ValueType.VECTOR, Stability.STABLE),
  MAD_OVER_TIME("mad_over_time", "r", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  MAX_OF("max_of", "ss", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  MAX_OVER_TIME("max_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  MIN_OF("min_of", "ss", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  MIN_OVER_TIME("min_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  MINUTE("minute", "v", 1, ValueType.VECTOR, Stability.STABLE),
  MONTH("month", "v", 1, ValueType.VECTOR, Stability.STABLE),
  PI("pi", "", 0, ValueType.SCALAR, Stability.STABLE),
  PREDICT_LINEAR("predict_linear", "rs", 0, ValueType.VECTOR, Stability.STABLE),
  PRESENT_OVER_TIME("present_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  QUANTILE_OVER_TIME("quantile_over_time", "sr", 0, ValueType.VECTOR, Stability.STABLE),
  RAD("rad", "v", 0, ValueType.VECTOR, Stability.STABLE),
  RANGE("range", "", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  RATE("rate", "r", 0, ValueType.VECTOR, Stability.STABLE),
  RESETS("resets", "r", 0, ValueType.VECTOR, Stability.STABLE),
  ROUND("round", "vs", 1, ValueType.VECTOR, Stability.STABLE),
  SCALAR("scalar", "v", 0, ValueType.SCALAR, Stability.STABLE),
  SGN("sgn", "v", 0, ValueType.VECTOR, Stability.STABLE),
  SIN("sin", "v", 0, ValueType.VECTOR, Stability.STABLE),
  SINH("sinh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  SORT("sort", "v", 0, ValueType.VECTOR, Stability.STABLE),
  SORT_BY_LABEL("sort_by_label", "vt", -1, ValueType.VECTOR, Stability.EXPERIMENTAL),
  SORT_BY_LABEL_DESC("sort_by_label_desc", "vt", -1, ValueType.VECTOR, Stability.EXPERIMENTAL),
  SORT_DESC("sort_desc", "v", 0, ValueType.VECTOR, Stability.STABLE),
  SQRT("sqrt", "v", 0, ValueType.VECTOR, Stability.STABLE),
  START("start", "", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  START_TIMESTAMP("start_timestamp", "v", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  STDDEV_OVER_TIME("stddev_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  STDVAR_OVER_TIME("stdvar_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  STEP("step", "", 0, ValueType.SCALAR, Stability.EXPERIMENTAL),
  SUM_OVER_TIME("sum_over_time", "r", 0, ValueType.VECTOR, Stability.STABLE),
  TAN("tan", "v", 0, ValueType.VECTOR, Stability.STABLE),
  TANH("tanh", "v", 0, ValueType.VECTOR, Stability.STABLE),
  TIME("time", "", 0, ValueType.SCALAR, Stability.STABLE),
  TIMESTAMP("timestamp", "v", 0, ValueType.VECTOR, Stability.STABLE),
  TS_OF_FIRST_OVER_TIME("ts_of_first_over_time", "r", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  TS_OF_LAST_OVER_TIME("ts_of_last_over_time", "r", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  TS_OF_MAX_OVER_TIME("ts_of_max_over_time", "r", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  TS_OF_MIN_OVER_TIME("ts_of_min_over_time", "r", 0, ValueType.VECTOR, Stability.EXPERIMENTAL),
  VECTOR("vector", "s", 0, ValueType.VECTOR, Stability.STABLE),
  YEAR("year", "v", 1, ValueType.VECTOR, Stability.STABLE);

  /// Whether a function must be enabled first.
  public enum Stability {
    STABLE,
    EXPERIMENTAL
  }

  private static final Map<String, Function> BY_NAME = new HashMap<>();

  static {
    for (Function f : values()) {
      BY_NAME.put(f.text, f);
    }
  }

  private final String text;
  private final List<ValueType> arguments;
  private final int variadic;
  private final ValueType returns;
  private final Stability stability;

  /// @param signature a letter an argument: v instant vector, r range vector, s scalar, t text
  /// @param variadic 0: exactly these arguments; n: the last one is optional and may come up to n
  ///   times; -1: the last one may come any number of times or not at all
  Function(String text, String signature, int variadic, ValueType returns, Stability stability) {
    this.text = text;
    this.arguments = signature.chars().mapToObj(c -> type((char) c)).toList();
    this.variadic = variadic;
    this.returns = returns;
    this.stability = stability;
  }

  private static ValueType type(char letter) {
    return switch (letter) {
      case 'v' -> ValueType.VECTOR;
      case 'r' -> ValueType.MATRIX;
      case 's' -> ValueType.SCALAR;
      default -> ValueType.STRING;
    };
  }

  public static @Nullable Function named(String name) {
    return BY_NAME.get(name);
  }

  public String text() {
    return text;
  }

  /// Types of the arguments; of those beyond, the last one's.
  public List<ValueType> arguments() {
    return arguments;
  }

  public int variadic() {
    return variadic;
  }

  public ValueType returns() {
    return returns;
  }

  public boolean isExperimental() {
    return stability == Stability.EXPERIMENTAL;
  }
}
