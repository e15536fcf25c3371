package io.lamella.promql.ast;

/// Parts of the language that Prometheus keeps behind flags of these names.
public enum Feature {
  EXPERIMENTAL_FUNCTIONS("promql-experimental-functions"),
  EXTENDED_RANGE_SELECTORS("promql-extended-range-selectors"),
  BINOP_FILL_MODIFIERS("promql-binop-fill-modifiers"),
  DELAYED_NAME_REMOVAL("promql-delayed-name-removal"),
  USE_START_TIMESTAMPS("use-start-timestamps"),
  TYPE_AND_UNIT_LABELS("type-and-unit-labels");

  private final String flag;

  Feature(String flag) {
    this.flag = flag;
  }

  /// The name as in Prometheus' `--enable-feature`.
  public String flag() {
    return flag;
  }
}
