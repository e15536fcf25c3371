package io.lamella.promql.ast;

/// The functions of one float: each element of an instant vector by itself, histograms left out.
public enum FloatFunction implements Function {
  ABS(Signature.of("abs", "v")),
  ACOS(Signature.of("acos", "v")),
  ACOSH(Signature.of("acosh", "v")),
  ASIN(Signature.of("asin", "v")),
  ASINH(Signature.of("asinh", "v")),
  ATAN(Signature.of("atan", "v")),
  ATANH(Signature.of("atanh", "v")),
  CEIL(Signature.of("ceil", "v")),
  COS(Signature.of("cos", "v")),
  COSH(Signature.of("cosh", "v")),
  DEG(Signature.of("deg", "v")),
  EXP(Signature.of("exp", "v")),
  FLOOR(Signature.of("floor", "v")),
  LN(Signature.of("ln", "v")),
  LOG10(Signature.of("log10", "v")),
  LOG2(Signature.of("log2", "v")),
  RAD(Signature.of("rad", "v")),
  SGN(Signature.of("sgn", "v")),
  SIN(Signature.of("sin", "v")),
  SINH(Signature.of("sinh", "v")),
  SQRT(Signature.of("sqrt", "v")),
  TAN(Signature.of("tan", "v")),
  TANH(Signature.of("tanh", "v"));

  private final Signature signature;

  FloatFunction(Signature signature) {
    this.signature = signature;
  }

  @Override
  public Signature signature() {
    return signature;
  }
}
