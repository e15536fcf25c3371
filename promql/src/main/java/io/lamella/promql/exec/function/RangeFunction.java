package io.lamella.promql.exec.function;

/// A function of one window.
@FunctionalInterface
public interface RangeFunction {
  /// Puts the answer into the window; false where there is none.
  boolean apply(Window w);

  /// How far before the window's start the function looks for samples.
  default long reachesBack() {
    return 0;
  }

  /// How far after the window's end the function looks for samples.
  default long reachesAhead() {
    return 0;
  }

  /// To be told of each series before its windows.
  default void startSeries() {}
}
