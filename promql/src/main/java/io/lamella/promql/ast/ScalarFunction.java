package io.lamella.promql.ast;

/// The functions that return a scalar.
public enum ScalarFunction implements Function {
  END(Signature.of("end", "").experimental()),
  MAX_OF(Signature.of("max_of", "ss").experimental()),
  MIN_OF(Signature.of("min_of", "ss").experimental()),
  PI(Signature.of("pi", "")),
  RANGE(Signature.of("range", "").experimental()),
  SCALAR(Signature.of("scalar", "v")),
  START(Signature.of("start", "").experimental()),
  STEP(Signature.of("step", "").experimental()),
  TIME(Signature.of("time", ""));

  private final Signature signature;

  ScalarFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
