package io.lamella.promql.ast;

/// The functions that take one number from a native histogram.
public enum HistogramFunction implements Function {
  HISTOGRAM_AVG(Signature.of("histogram_avg", "v")),
  HISTOGRAM_COUNT(Signature.of("histogram_count", "v")),
  HISTOGRAM_STDDEV(Signature.of("histogram_stddev", "v")),
  HISTOGRAM_STDVAR(Signature.of("histogram_stdvar", "v")),
  HISTOGRAM_SUM(Signature.of("histogram_sum", "v"));

  private final Signature signature;

  HistogramFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
