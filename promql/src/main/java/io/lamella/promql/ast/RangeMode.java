package io.lamella.promql.ast;

/// How a selector computes the values at the edges of its range.
public enum RangeMode {
  PLAIN(""),
  ANCHORED("anchored"),
  SMOOTHED("smoothed");

  private final String text;

  RangeMode(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
