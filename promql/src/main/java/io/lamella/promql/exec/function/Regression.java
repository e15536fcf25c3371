package io.lamella.promql.exec.function;

import io.lamella.promql.ast.Numbers;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.exec.Annotations;
import io.lamella.promql.exec.EvaluationException;
import io.lamella.promql.exec.KahanSum;
import io.lamella.promql.exec.ScalarOperator;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// `deriv`, `predict_linear` and `double_exponential_smoothing`: trends of floats.
final class Regression {
  private double slope;
  private double intercept;
  private final KahanSum x = new KahanSum();
  private final KahanSum y = new KahanSum();
  private final KahanSum xy = new KahanSum();
  private final KahanSum xx = new KahanSum();

  /// Least squares over floats `[from, to)`; x in seconds from `origin`.
  private void fit(double[] v, long[] t, int from, int to, long origin) {
    double first = v[from];
    boolean constant = true;
    double n = 0;
    x.reset();
    y.reset();
    xy.reset();
    xx.reset();
    for (int i = from; i < to; i++) {
      constant &= v[i] == first;
      n++;
      double dx = (t[i] - origin) / 1000.0;
      x.add(dx);
      y.add(v[i]);
      xy.add(dx * v[i]);
      xx.add(dx * dx);
    }
    if (constant) {
      slope = Double.isInfinite(first) ? Double.NaN : 0;
      intercept = Double.isInfinite(first) ? Double.NaN : first;
      return;
    }
    double sx = x.value();
    double sy = y.value();
    double covariance = xy.value() - sx * sy / n;
    double variance = xx.value() - sx * sx / n;
    slope = covariance / variance;
    intercept = sy / n - slope * sx / n;
  }

  static WindowFunction deriv(Annotations annotations, TextRange place) {
    Regression r = new Regression();
    return w -> {
      if (w.floats() > 0 && w.histograms() > 0) {
        OverTime.ignored(annotations, place, w);
      }
      if (w.floats() < 2) {
        return false;
      }
      long[] t = w.series.floatTimes();
      r.fit(w.series.floats(), t, w.f0, w.f1, t[w.f0]);
      return w.result(r.slope);
    };
  }

  static WindowFunction predict(Annotations annotations, TextRange place, ScalarOperator seconds) {
    Regression r = new Regression();
    return w -> {
      if (w.floats() > 0 && w.histograms() > 0) {
        OverTime.ignored(annotations, place, w);
      }
      if (w.floats() < 2) {
        return false;
      }
      r.fit(w.series.floats(), w.series.floatTimes(), w.f0, w.f1, w.evalMillis);
      return w.result(r.slope * seconds.values()[w.step] + r.intercept);
    };
  }

  static WindowFunction smoothing(
      Annotations annotations, TextRange place, ScalarOperator smoothing, ScalarOperator trend) {
    return w -> {
      double sf = smoothing.values()[w.step];
      double tf = trend.values()[w.step];
      if (sf <= 0 || sf >= 1) {
        throw new EvaluationException.Failed(
            "invalid smoothing factor. Expected: 0 < sf < 1, got: " + fixed(sf));
      }
      if (tf <= 0 || tf >= 1) {
        throw new EvaluationException.Failed(
            "invalid trend factor. Expected: 0 < tf < 1, got: " + fixed(tf));
      }
      if (w.floats() > 0 && w.histograms() > 0) {
        OverTime.ignored(annotations, place, w);
      }
      if (w.floats() < 2) {
        return false;
      }
      double[] v = w.series.floats();
      double previous = 0;
      double s1 = v[w.f0];
      double b = v[w.f0 + 1] - v[w.f0];
      for (int i = 1; i < w.floats(); i++) {
        double x = sf * v[w.f0 + i];
        if (i > 1) {
          // The trend of the previous step, from the last two smoothed values.
          b = tf * (s1 - previous) + (1 - tf) * b;
        }
        previous = s1;
        s1 = x + (1 - sf) * (s1 + b);
      }
      return w.result(s1);
    };
  }

  /// Go's `%f`: all digits of the double before the point, six behind it.
  private static String fixed(double v) {
    if (v != v || Double.isInfinite(v)) {
      return Numbers.plain(v);
    }
    String digits = new BigDecimal(Math.abs(v)).setScale(6, RoundingMode.HALF_EVEN).toPlainString();
    return Math.copySign(1, v) < 0 ? "-" + digits : digits;
  }
}
