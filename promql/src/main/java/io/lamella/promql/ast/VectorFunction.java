package io.lamella.promql.ast;

/// The functions that return an instant vector and are of no other kind; each is compiled in its
/// own way.
public enum VectorFunction implements Function {
  ABSENT(Signature.of("absent", "v")),
  ABSENT_OVER_TIME(Signature.of("absent_over_time", "r")),
  CLAMP(Signature.of("clamp", "vss")),
  CLAMP_MAX(Signature.of("clamp_max", "vs")),
  CLAMP_MIN(Signature.of("clamp_min", "vs")),
  HISTOGRAM_FRACTION(Signature.of("histogram_fraction", "ssv")),
  HISTOGRAM_QUANTILE(Signature.of("histogram_quantile", "sv")),
  HISTOGRAM_QUANTILES(Signature.of("histogram_quantiles", "vtss").variadic(9).experimental()),
  INFO(Signature.of("info", "vv").variadic(1).experimental()),
  LABEL_JOIN(Signature.of("label_join", "vttt").variadic(-1)),
  LABEL_REPLACE(Signature.of("label_replace", "vtttt")),
  ROUND(Signature.of("round", "vs").variadic(1)),
  SORT(Signature.of("sort", "v")),
  SORT_BY_LABEL(Signature.of("sort_by_label", "vt").variadic(-1).experimental()),
  SORT_BY_LABEL_DESC(Signature.of("sort_by_label_desc", "vt").variadic(-1).experimental()),
  SORT_DESC(Signature.of("sort_desc", "v")),
  START_TIMESTAMP(Signature.of("start_timestamp", "v").experimental()),
  TIMESTAMP(Signature.of("timestamp", "v")),
  VECTOR(Signature.of("vector", "s"));

  private final Signature signature;

  VectorFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
