package io.lamella.model;

/// Logarithms and powers of two with the digits that Go gives them. Java's own may differ in the
/// last digit, and buckets of histograms are split on a logarithmic scale.
public final class Logarithms {
  private static final double LOG2_E = 1.44269504088896340735992468100189213743;
  private static final double LOG10_E = 0.434294481903251827651128918916605082294;
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;

  /// Beyond these powers of two are 0 or infinite.
  private static final double MIN_EXP2 = Math.nextDown(-1.0740e+03);

  private static final double MAX_EXP2 = 1.0239999999999999e+03;

  private static final double SQRT2_MINUS_1 = 4.142135623730950488017e-01;
  private static final double HALF_SQRT2_MINUS_1 = -2.928932188134524755992e-01;

  /// The coefficients of the series for the logarithm, of the highest power first.
  private static final double[] SERIES = {
    1.479819860511658591e-01,
    1.531383769920937332e-01,
    1.818357216161805012e-01,
    2.222219843214978396e-01,
    2.857142874366239149e-01,
    3.999999999940941908e-01,
    6.666666666666735130e-01
  };

  private static final long MANTISSA = 0x000fffffffffffffL;
  private static final long MANTISSA_OF_SQRT2 = 0x0006a09e667f3bcdL;

  private Logarithms() {}

  /// The natural logarithm by the series of fdlibm (`e_log.c`), in Go's order of operations, so
  /// that the last digit is the same.
  public static double log(double v) {
    if (!(v > 0) || Double.isInfinite(v)) {
      return Math.log(v);
    }
    int k = binaryExponent(v);
    double f = fraction(v, k);
    if (f < Math.sqrt(2) / 2) {
      f *= 2;
      k--;
    }
    f -= 1;
    double s = f / (2 + f);
    double s2 = s * s;
    double s4 = s2 * s2;
    double odd =
        s2
            * (6.666666666666735130e-01
                + s4
                    * (2.857142874366239149e-01
                        + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
    double even =
        s4
            * (3.999999999940941908e-01
                + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
    double half = 0.5 * f * f;
    return k * LN2_HIGH - ((half - (s * (half + (odd + even)) + k * LN2_LOW)) - f);
  }

  public static double log2(double v) {
    if (!(v > 0) || Double.isInfinite(v)) {
      return Math.log(v);
    }
    int k = binaryExponent(v);
    double f = fraction(v, k);
    return f == 0.5 ? k - 1 : log(f) * LOG2_E + k;
  }

  public static double log10(double v) {
    return log(v) * LOG10_E;
  }

  /// log(1 + x) by fdlibm (`s_log1p.c`), in Go's order of operations.
  public static double log1p(double x) {
    if (x <= -1 || !(x < Double.POSITIVE_INFINITY)) {
      return Math.log1p(x);
    }
    double magnitude = Math.abs(x);
    if (magnitude < 0x1p-29) {
      return magnitude < 0x1p-54 ? x : x - x * x * 0.5;
    }
    if (x > HALF_SQRT2_MINUS_1 && x < SQRT2_MINUS_1) {
      double f = x;
      double half = 0.5 * f * f;
      double s = f / (2 + f);
      return f - (half - s * (half + series(s * s)));
    }
    double u = magnitude < 0x1p53 ? 1 + x : x;
    int k = Math.getExponent(u);
    // What 1 + x lost.
    double lost = magnitude < 0x1p53 ? (k > 0 ? 1 - (u - x) : x - (u - 1)) / u : 0;
    long mantissa = Double.doubleToRawLongBits(u) & MANTISSA;
    boolean isLow = mantissa < MANTISSA_OF_SQRT2;
    u = Math.scalb(u, isLow ? -k : -k - 1);
    if (!isLow) {
      k++;
      mantissa = (MANTISSA + 1 - mantissa) >> 2;
    }
    double f = u - 1;
    double half = 0.5 * f * f;
    if (mantissa == 0) {
      return near1(f, half, k, lost);
    }
    double s = f / (2 + f);
    double r = half + series(s * s);
    return k == 0
        ? f - (half - s * r)
        : k * LN2_HIGH - ((half - (s * r + (k * LN2_LOW + lost))) - f);
  }

  /// log1p where the fraction is 1, up to 2^-20.
  private static double near1(double f, double half, int k, double lost) {
    if (f == 0) {
      return k == 0 ? 0 : k * LN2_HIGH + (lost + k * LN2_LOW);
    }
    double r = half * (1 - 0.66666666666666666 * f);
    return k == 0 ? f - r : k * LN2_HIGH - ((r - (k * LN2_LOW + lost)) - f);
  }

  private static double series(double z) {
    double y = SERIES[0];
    for (int i = 1; i < SERIES.length; i++) {
      y = y * z + SERIES[i];
    }
    return z * y;
  }

  /// The k with v = f · 2^k, f in [0.5, 1), for positive finite v.
  public static int exponent(double v) {
    return binaryExponent(v);
  }

  /// The k with v = f · 2^k, f in [0.5, 1).
  private static int binaryExponent(double v) {
    return v < Double.MIN_NORMAL ? Math.getExponent(v * 0x1p54) - 53 : Math.getExponent(v) + 1;
  }

  private static double fraction(double v, int k) {
    return v < Double.MIN_NORMAL ? Math.scalb(v * 0x1p54, -(k + 54)) : Math.scalb(v, -k);
  }

  /// 2^x by the polynomial of fdlibm (`e_exp.c`), as Go has it.
  public static double exp2(double x) {
    if (!(x > MIN_EXP2) || !(x <= MAX_EXP2)) {
      return x != x ? x : x > 0 ? Double.POSITIVE_INFINITY : 0;
    }
    int k = (int) (x + Math.copySign(0.5, x));
    double t = x - k;
    double high = t * LN2_HIGH;
    double low = -t * LN2_LOW;
    double r = high - low;
    double q = r * r;
    double c =
        r
            - q
                * (1.66666666666666657415e-01
                    + q
                        * (-2.77777777770155933842e-03
                            + q
                                * (6.61375632143793436117e-05
                                    + q
                                        * (-1.65339022054652515390e-06
                                            + q * 4.13813679705723846039e-08))));
    return Math.scalb(1 - ((low - (r * c) / (2 - c)) - high), k);
  }
}
