package io.lamella.promql.exec;

/// An operator whose output is a scalar at each step.
public interface ScalarOperator {
  /// One value for each step; computed at the first call. The operator owns the array.
  double[] values();

  /// An operator that computes its values at the first call and keeps them.
  static ScalarOperator lazily(
      QueryRun run, Steps steps, java.util.function.Supplier<double[]> compute) {
    return new ScalarOperator() {
      private double[] values = {};
      private boolean computed;

      @Override
      public double[] values() {
        if (!computed) {
          run.memory().hold(QueryMemory.ofSteps(steps.count()));
          values = compute.get();
          computed = true;
        }
        return values;
      }
    };
  }
}
