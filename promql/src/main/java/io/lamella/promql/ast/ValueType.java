package io.lamella.promql.ast;

/// The types of the language.
public enum ValueType {
  SCALAR("scalar", "scalar"),
  STRING("string", "string"),
  VECTOR("vector", "instant vector"),
  MATRIX("matrix", "range vector");

  private final String apiName;
  private final String documented;

  ValueType(String apiName, String documented) {
    this.apiName = apiName;
    this.documented = documented;
  }

  /// The name in results.
  public String apiName() {
    return apiName;
  }

  /// The name in the documentation and in most messages.
  public String documented() {
    return documented;
  }
}
