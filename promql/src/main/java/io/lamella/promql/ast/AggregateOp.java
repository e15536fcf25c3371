package io.lamella.promql.ast;

/// The aggregations.
public enum AggregateOp {
  SUM("sum", Param.NONE),
  AVG("avg", Param.NONE),
  COUNT("count", Param.NONE),
  MIN("min", Param.NONE),
  MAX("max", Param.NONE),
  GROUP("group", Param.NONE),
  STDDEV("stddev", Param.NONE),
  STDVAR("stdvar", Param.NONE),
  TOPK("topk", Param.SCALAR),
  BOTTOMK("bottomk", Param.SCALAR),
  COUNT_VALUES("count_values", Param.STRING),
  QUANTILE("quantile", Param.SCALAR),
  LIMITK("limitk", Param.SCALAR),
  LIMIT_RATIO("limit_ratio", Param.SCALAR);

  /// The parameter before the vector.
  public enum Param {
    NONE,
    SCALAR,
    STRING
  }

  private final String text;
  private final Param param;

  AggregateOp(String text, Param param) {
    this.text = text;
    this.param = param;
  }

  public String text() {
    return text;
  }

  public Param param() {
    return param;
  }

  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }
}
