package io.lamella.promql.exec.function;

/// Sine, cosine and tangent as Cephes computes them (S. Moshier, `sin.c` and `tan.c`): the argument
/// is reduced to an octant of the circle, then a polynomial of its square is evaluated. Go has the
/// same polynomials in the same order of operations, so the bits are the same.
///
/// From 2^29 on the reduction multiplies with as many digits of 4/π as matter (K. C. Ng, "Argument
/// reduction for huge arguments", after Payne and Hanek).
final class Trigonometry {
  private static final double[] SINE = {
    1.58962301576546568060e-10,
    -2.50507477628578072866e-8,
    2.75573136213857245213e-6,
    -1.98412698295895385996e-4,
    8.33333333332211858878e-3,
    -1.66666666666666307295e-1
  };
  private static final double[] COSINE = {
    -1.13585365213876817300e-11,
    2.08757008419747316778e-9,
    -2.75573141792967388112e-7,
    2.48015872888517045348e-5,
    -1.38888888888730564116e-3,
    4.16666666666665929218e-2
  };
  private static final double[] TANGENT = {
    -1.30936939181383777646e4, 1.15351664838587416140e6, -1.79565251976484877988e7
  };

  /// The leading coefficient, 1, is left out.
  private static final double[] TANGENT_DIVISOR = {
    1.36812963470692954678e4,
    -1.32089234440210967447e6,
    2.50083801823357915839e7,
    -5.38695755929454629881e7
  };

  /// π/4 in three parts; products of the first two with an octant are exact.
  private static final double HIGH = 7.85398125648498535156e-1;

  private static final double MIDDLE = 3.77489470793079817668e-8;
  private static final double LOW = 2.69515142907905952645e-15;

  private static final double HUGE = 1 << 29;
  private static final int MANTISSA = 52;
  private static final long FRACTION = (1L << MANTISSA) - 1;

  /// 4/π: the digit before the point, then 1,216 bits behind it.
  private static final long[] FOUR_OVER_PI = {
    0x0000000000000001L, 0x45f306dc9c882a53L, 0xf84eafa3ea69bb81L, 0xb6c52b3278872083L,
    0xfca2c757bd778ac3L, 0x6e48dc74849ba5c0L, 0x0c925dd413a32439L, 0xfc3bd63962534e7dL,
    0xd1046bea5d768909L, 0xd338e04d68befc82L, 0x7323ac7306a673e9L, 0x3908bf177bf25076L,
    0x3ff12fffbc0b301fL, 0xde5e2316b414da3eL, 0xda6cfd9e4f96136eL, 0x9e8c7ecd3cbfd45aL,
    0xea4f758fd7cbe2f6L, 0x7a0e73ef14a525d4L, 0xd7f6bf623f1aba10L, 0xac06608df8f6d757L
  };

  /// The octant of an angle, made even so that the rest is small, and the rest in radians.
  private record Reduced(int octant, double rest) {}

  private Trigonometry() {}

  static double sin(double x) {
    if (x == 0 || x != x) {
      return x;
    }
    if (Double.isInfinite(x)) {
      return Double.NaN;
    }
    Reduced angle = reduce(Math.abs(x));
    int octant = angle.octant & 3;
    double y = octant == 2 ? cosine(angle.rest) : sine(angle.rest);
    return angle.octant >= 4 == x < 0 ? y : -y;
  }

  static double cos(double x) {
    if (x != x || Double.isInfinite(x)) {
      return Double.NaN;
    }
    Reduced angle = reduce(Math.abs(x));
    int octant = angle.octant & 3;
    double y = octant == 2 ? sine(angle.rest) : cosine(angle.rest);
    return angle.octant >= 4 == octant >= 2 ? y : -y;
  }

  static double tan(double x) {
    if (x == 0 || x != x) {
      return x;
    }
    if (Double.isInfinite(x)) {
      return Double.NaN;
    }
    Reduced angle = reduce(Math.abs(x));
    double z = angle.rest;
    double square = z * z;
    double y = z;
    if (square > 1e-14) {
      double above = square * polynomial(TANGENT, square);
      y = z + z * (above / monic(TANGENT_DIVISOR, square));
    }
    if ((angle.octant & 2) != 0) {
      y = -1 / y;
    }
    return x < 0 ? -y : y;
  }

  private static double sine(double z) {
    double square = z * z;
    return z + z * square * polynomial(SINE, square);
  }

  private static double cosine(double z) {
    double square = z * z;
    return 1 - 0.5 * square + square * square * polynomial(COSINE, square);
  }

  /// A polynomial by Horner's rule, highest coefficient first.
  static double polynomial(double[] coefficients, double x) {
    double y = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      y = y * x + coefficients[i];
    }
    return y;
  }

  /// As [#polynomial], with 1 before the given coefficients.
  static double monic(double[] coefficients, double x) {
    double y = x + coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      y = y * x + coefficients[i];
    }
    return y;
  }

  private static Reduced reduce(double x) {
    if (x >= HUGE) {
      return reduceHuge(x);
    }
    long octant = (long) (x * (4 / Math.PI));
    octant += octant & 1;
    double rest = ((x - octant * HIGH) - octant * MIDDLE) - octant * LOW;
    return new Reduced((int) (octant & 7), rest);
  }

  /// Multiplies the mantissa with those three digits of 4/π whose product has the octant in its
  /// upper three bits and the fraction below them.
  private static Reduced reduceHuge(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = Math.getExponent(x) - MANTISSA;
    long mantissa = bits & FRACTION | 1L << MANTISSA;
    int digit = (exponent + 61) / 64;
    int shift = (exponent + 61) % 64;
    long first = digits(digit, shift);
    long second = digits(digit + 1, shift);
    long third = digits(digit + 2, shift);
    long low = second * mantissa;
    long carried = low + Math.unsignedMultiplyHigh(third, mantissa);
    long carry = Long.compareUnsigned(carried, low) < 0 ? 1 : 0;
    low = carried;
    long high = first * mantissa + Math.unsignedMultiplyHigh(second, mantissa) + carry;
    int octant = (int) (high >>> 61);
    double fraction = fraction(high << 3 | low >>> 61, low);
    if ((octant & 1) != 0) {
      octant = octant + 1 & 7;
      fraction--;
    }
    return new Reduced(octant, fraction * (Math.PI / 4));
  }

  /// 64 bits of 4/π from a bit of a digit on.
  private static long digits(int digit, int shift) {
    return shift == 0
        ? FOUR_OVER_PI[digit]
        : FOUR_OVER_PI[digit] << shift | FOUR_OVER_PI[digit + 1] >>> (64 - shift);
  }

  /// A fraction of 64 bits and more below them as a double, truncated.
  private static double fraction(long high, long low) {
    int used = Long.numberOfLeadingZeros(high) + 1;
    long bits = (used == 64 ? 0 : high << used) | low >>> (64 - used);
    return Double.longBitsToDouble(bits >>> (64 - MANTISSA) | (long) (1023 - used) << MANTISSA);
  }
}
