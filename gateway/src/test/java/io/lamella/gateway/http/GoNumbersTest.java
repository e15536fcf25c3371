package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GoNumbersTest {
  private static String text(double v) {
    StringBuilder out = new StringBuilder();
    GoNumbers.append(out, v);
    return out.toString();
  }

  private static String time(long millis) {
    StringBuilder out = new StringBuilder();
    GoNumbers.appendTime(out, millis);
    return out.toString();
  }

  @Test
  void valuesAreWrittenAsGoWritesThem() {
    assertEquals("0", text(0));
    assertEquals("-0", text(-0.0));
    assertEquals("1", text(1));
    assertEquals("-0.25", text(-0.25));
    assertEquals("NaN", text(Double.NaN));
    assertEquals("+Inf", text(Double.POSITIVE_INFINITY));
    assertEquals("-Inf", text(Double.NEGATIVE_INFINITY));
    assertEquals("0.1", text(0.1));
    assertEquals("12345678.5", text(12345678.5));
    assertEquals("5e-324", text(Double.MIN_VALUE));
    assertEquals("1.7976931348623157e+308", text(Double.MAX_VALUE));
  }

  @Test
  void numbersBelowAMillionthAndFromASextillionHaveAnExponent() {
    assertEquals("0.000001", text(1e-6));
    assertEquals("9.99e-07", text(9.99e-7));
    assertEquals("0.00012345", text(1.2345e-4));
    assertEquals("100000000000000000000", text(1e20));
    assertEquals("123456789012345680000", text(123456789012345678901.0));
    assertEquals("1e+21", text(1e21));
    assertEquals("1.5e+300", text(1.5e300));
  }

  @Test
  void everyNumberParsesToTheSameBits() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      double v =
          i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextGaussian() * 1e9;
      if (Double.isFinite(v)) {
        assertEquals(v, Double.parseDouble(text(v)));
      }
    }
  }

  @Test
  void timesAreWholeSecondsOrHaveThreeDigits() {
    assertEquals("0", time(0));
    assertEquals("1748829600", time(1_748_829_600_000L));
    assertEquals("1.005", time(1005));
    assertEquals("-0.050", time(-50));
    assertEquals("-12.300", time(-12_300));
  }
}
