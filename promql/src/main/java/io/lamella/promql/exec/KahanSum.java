package io.lamella.promql.exec;

/// Summation after Kahan and Neumaier: rounding errors are summed separately. This compensation is
/// dropped when the sum becomes infinite.
public final class KahanSum {
  private double sum;
  private double compensation;

  public void reset() {
    sum = 0;
    compensation = 0;
  }

  public void set(double sum, double compensation) {
    this.sum = sum;
    this.compensation = compensation;
  }

  public void add(double x) {
    double t = sum + x;
    if (Double.isInfinite(t)) {
      compensation = 0;
    } else if (Math.abs(sum) >= Math.abs(x)) {
      compensation += (sum - t) + x;
    } else {
      compensation += (x - t) + sum;
    }
    sum = t;
  }

  public double sum() {
    return sum;
  }

  public double compensation() {
    return compensation;
  }

  public double value() {
    return sum + compensation;
  }
}
