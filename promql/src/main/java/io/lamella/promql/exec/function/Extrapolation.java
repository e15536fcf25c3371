package io.lamella.promql.exec.function;

/// The factor that extrapolates a change between the first and the last sample to the window, and
/// for rates to seconds.
///
/// The factor depends on the positions of the samples in the window and rarely on their values. In
/// a series with a fixed interval the positions are the same at each step, so the last factor is
/// cached, which saves seven of eight divisions.
final class Extrapolation {
  /// Well above the rounding error of a product or a quotient.
  private static final double ROUNDING_MARGIN = 1.001;

  private final Rates.RateFunction kind;

  /// The last positions in milliseconds, and the number of intervals between the samples.
  private long leftMillis = -1;

  private long sampledMillis;
  private long rightMillis;
  private int intervals;

  /// The same in seconds: the gaps at the edges as far as they count, and the factor if the counter
  /// is not extrapolated below zero.
  private double left;

  private double sampled;
  private double right;
  private double windowSeconds;
  private double factor;

  Extrapolation(Rates.RateFunction kind) {
    this.kind = kind;
  }

  /// Sets the positions of samples `first` to `last` in the window `(startMillis, endMillis]`.
  void setPositions(long startMillis, long endMillis, long[] times, int first, int last) {
    long before = times[first] - startMillis;
    long between = times[last] - times[first];
    long after = endMillis - times[last];
    if (before != leftMillis
        || between != sampledMillis
        || after != rightMillis
        || last - first != intervals) {
      leftMillis = before;
      sampledMillis = between;
      rightMillis = after;
      intervals = last - first;
      sampled = between / 1000.0;
      double gap = sampled / intervals;
      left = edge(before / 1000.0, gap);
      right = edge(after / 1000.0, gap);
      windowSeconds = (endMillis - startMillis) / 1000.0;
      factor = factor(left, sampled, right);
    }
  }

  /// The factor for a change between the samples at the positions set by [#setPositions].
  ///
  /// @param atFirst the value (or count) of the first sample
  double factor(double change, double atFirst) {
    // A counter is not extrapolated below zero.
    if (kind.isCounter()
        && change > 0
        && atFirst >= 0
        && !(atFirst * sampled > left * change * ROUNDING_MARGIN)) {
      double toZero = sampled * (atFirst / change);
      if (!(left <= toZero)) {
        return factor(Math.min(left, toZero), sampled, right);
      }
    }
    return factor;
  }

  /// The factor where the start timestamp of the series lies inside the window.
  double fromStart(SampleWindow w, long start, long[] times, int first, int last) {
    double gap = first == last ? 0 : (times[last] - times[first]) / 1000.0 / (last - first);
    leftMillis = -1;
    windowSeconds = (w.endMillis - w.startMillis) / 1000.0;
    return factor(
        0, (times[last] - start) / 1000.0, edge((w.endMillis - times[last]) / 1000.0, gap));
  }

  /// A gap at an edge that is longer than the sample interval counts as half an interval.
  private static double edge(double seconds, double gap) {
    return seconds >= gap * 1.1 ? gap / 2 : seconds;
  }

  private double factor(double before, double between, double after) {
    double factor = (between + before + after) / between;
    return kind == Rates.RateFunction.RATE ? factor / windowSeconds : factor;
  }
}
