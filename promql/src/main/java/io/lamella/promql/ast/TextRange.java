package io.lamella.promql.ast;

/// A half-open range `[start, end)` of UTF-16 positions in the query text.
public record TextRange(int start, int end) {
  public static final TextRange NONE = new TextRange(0, 0);
}
