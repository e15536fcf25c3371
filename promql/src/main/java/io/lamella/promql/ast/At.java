package io.lamella.promql.ast;

/// The moment after `@`.
public sealed interface At {
  record Time(long millis) implements At {}

  record Start() implements At {}

  record End() implements At {}

  /// The moment in a query over `[startMillis, endMillis]`.
  default long resolve(long startMillis, long endMillis) {
    return switch (this) {
      case Time t -> t.millis();
      case Start _ -> startMillis;
      case End _ -> endMillis;
    };
  }
}
