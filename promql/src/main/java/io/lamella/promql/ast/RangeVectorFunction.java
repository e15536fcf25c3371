package io.lamella.promql.ast;

/// The functions that take a range vector and are computed window by window. `absent_over_time` is
/// not one of them: it is a [VectorFunction].
public enum RangeVectorFunction implements Function {
  AVG_OVER_TIME(Signature.of("avg_over_time", "r")),
  CHANGES(Signature.of("changes", "r")),
  COUNT_OVER_TIME(Signature.of("count_over_time", "r")),
  DELTA(Signature.of("delta", "r")),
  DERIV(Signature.of("deriv", "r")),
  DOUBLE_EXPONENTIAL_SMOOTHING(Signature.of("double_exponential_smoothing", "rss").experimental()),
  FIRST_OVER_TIME(Signature.of("first_over_time", "r")),
  IDELTA(Signature.of("idelta", "r")),
  INCREASE(Signature.of("increase", "r")),
  IRATE(Signature.of("irate", "r")),
  LAST_OVER_TIME(Signature.of("last_over_time", "r")),
  MAD_OVER_TIME(Signature.of("mad_over_time", "r").experimental()),
  MAX_OVER_TIME(Signature.of("max_over_time", "r")),
  MIN_OVER_TIME(Signature.of("min_over_time", "r")),
  PREDICT_LINEAR(Signature.of("predict_linear", "rs")),
  PRESENT_OVER_TIME(Signature.of("present_over_time", "r")),
  QUANTILE_OVER_TIME(Signature.of("quantile_over_time", "sr")),
  RATE(Signature.of("rate", "r")),
  RESETS(Signature.of("resets", "r")),
  STDDEV_OVER_TIME(Signature.of("stddev_over_time", "r")),
  STDVAR_OVER_TIME(Signature.of("stdvar_over_time", "r")),
  SUM_OVER_TIME(Signature.of("sum_over_time", "r")),
  TS_OF_FIRST_OVER_TIME(Signature.of("ts_of_first_over_time", "r").experimental()),
  TS_OF_LAST_OVER_TIME(Signature.of("ts_of_last_over_time", "r").experimental()),
  TS_OF_MAX_OVER_TIME(Signature.of("ts_of_max_over_time", "r").experimental()),
  TS_OF_MIN_OVER_TIME(Signature.of("ts_of_min_over_time", "r").experimental());

  private final Signature signature;

  RangeVectorFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
