package io.lamella.promql.ast;

/// The time of an `@` modifier.
public sealed interface At {
  record Time(long millis) implements At {}

  record Start() implements At {}

  record End() implements At {}

  /// The time in milliseconds, for a query over `[startMillis, endMillis]`.
  default long resolve(long startMillis, long endMillis) {
    return switch (this) {
      case Time t -> t.millis();
      case Start _ -> startMillis;
      case End _ -> endMillis;
    };
  }
}
