package io.lamella.promql.exec.function;

/// What a change between the first and the last sample of a window is multiplied with: sampled time
/// to window time, and for rates to seconds.
///
/// The factor depends on where the samples lie in the window and seldom on their values. In a
/// series with a fixed interval they lie the same at each step, so the last answer is kept: it
/// saves seven of eight divisions.
final class Extrapolation {
  /// Well above what rounding can move a product or a quotient by.
  private static final double SAFELY = 1.001;

  private final Rates.RateFunction kind;

  /// How samples lay last, in milliseconds, and how many intervals they made.
  private long leftMillis = -1;

  private long sampledMillis;
  private long rightMillis;
  private int intervals;

  /// The same in seconds: the gaps at the edges as far as they count, and the factor, if no counter
  /// reached zero in between.
  private double left;

  private double sampled;
  private double right;
  private double windowSeconds;
  private double factor;

  Extrapolation(Rates.RateFunction kind) {
    this.kind = kind;
  }

  /// Takes in how samples `first` to `last` lie in the window `(startMillis, endMillis]`.
  void lay(long startMillis, long endMillis, long[] times, int first, int last) {
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

  /// The factor for a change between samples that lie as [#lay] says.
  ///
  /// @param atFirst the value (or count) of the first sample
  double factor(double change, double atFirst) {
    // Nothing was counted before the counter was at zero.
    if (kind.isCounter()
        && change > 0
        && atFirst >= 0
        && !(atFirst * sampled > left * change * SAFELY)) {
      double toZero = sampled * (atFirst / change);
      if (!(left <= toZero)) {
        return factor(Math.min(left, toZero), sampled, right);
      }
    }
    return factor;
  }

  /// The factor where the series is known to start at a moment inside the window.
  double fromStart(SampleWindow w, long start, long[] times, int first, int last) {
    double gap = first == last ? 0 : (times[last] - times[first]) / 1000.0 / (last - first);
    leftMillis = -1;
    windowSeconds = (w.endMillis - w.startMillis) / 1000.0;
    return factor(
        0, (times[last] - start) / 1000.0, edge((w.endMillis - times[last]) / 1000.0, gap));
  }

  /// A gap at an edge longer than samples are apart counts as half of that.
  private static double edge(double seconds, double gap) {
    return seconds >= gap * 1.1 ? gap / 2 : seconds;
  }

  private double factor(double before, double between, double after) {
    double factor = (between + before + after) / between;
    return kind == Rates.RateFunction.RATE ? factor / windowSeconds : factor;
  }
}
