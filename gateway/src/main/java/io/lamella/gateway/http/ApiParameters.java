package io.lamella.gateway.http;

import io.lamella.model.Durations;
import io.lamella.promql.QueryException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The parameters of a request, from URL and form body, with Prometheus' formats of times and
/// durations and its error texts.
final class ApiParameters {
  static final long MIN_TIME = -9_223_309_901_257_974_000L;
  static final long MAX_TIME = 9_223_309_901_257_974_999L;
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
  private static final String MIN_TIME_TEXT = "-292273086-05-16T16:47:06Z";
  private static final String MAX_TIME_TEXT = "292277025-08-18T07:12:54.999999999Z";
  private final Function<String, List<String>> values;
  private final String client;

  /// @param values all values of a parameter, the body's before the URL's
  /// @param client who sent the request
  ApiParameters(Function<String, List<String>> values, String client) {
    this.values = values;
    this.client = client;
  }

  String client() {
    return client;
  }

  String text(String name) {
    List<String> all = values.apply(name);
    return all.isEmpty() ? "" : all.getFirst();
  }

  List<String> all(String name) {
    return values.apply(name);
  }

  boolean has(String name) {
    return !text(name).isEmpty();
  }

  /// A required time, in milliseconds.
  long time(String name) {
    return parseTime(name, text(name));
  }

  /// A time in milliseconds, or `otherwise` where the parameter is absent.
  long time(String name, long otherwise) {
    return has(name) ? time(name) : otherwise;
  }

  private static long parseTime(String name, String s) {
    try {
      return decimal(s).movePointRight(3).setScale(0, RoundingMode.HALF_UP).longValueExact();
    } catch (NumberFormatException e) {
      // Not a number; may be a date.
    } catch (ArithmeticException e) {
      throw invalid(name, "cannot parse " + quoted(s) + " to a valid timestamp");
    }
    if (s.equals(MIN_TIME_TEXT)) {
      return MIN_TIME;
    }
    if (s.equals(MAX_TIME_TEXT)) {
      return MAX_TIME;
    }
    try {
      Instant at = OffsetDateTime.parse(s).toInstant();
      return at.toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw invalid(name, "cannot parse " + quoted(s) + " to a valid timestamp");
    }
  }

  /// A number whose digits and exponent are bounded before any arithmetic: that of `1e9999999`
  /// would take seconds.
  private static BigDecimal decimal(String s) {
    if (s.length() > 64) {
      throw new NumberFormatException("too long");
    }
    BigDecimal d = new BigDecimal(s);
    long exponent = (long) d.precision() - d.scale();
    if (exponent > 25) {
      throw new ArithmeticException("too large");
    }
    return exponent < -25 ? BigDecimal.ZERO : d;
  }

  /// A required duration in milliseconds. Written as a number it may be zero or negative.
  long duration(String name) {
    try {
      return parseDuration(text(name));
    } catch (IllegalArgumentException e) {
      throw invalid(name, String.valueOf(e.getMessage()));
    }
  }

  /// @throws IllegalArgumentException with Prometheus' text
  static long parseDuration(String s) {
    String failure = "cannot parse " + quoted(s) + " to a valid duration";
    try {
      BigDecimal millis = decimal(s).movePointRight(3);
      if (millis.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000)) > 0) {
        throw new IllegalArgumentException(failure + ". It overflows int64");
      }
      return millis.longValue();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(failure + ". It overflows int64", e);
    } catch (NumberFormatException e) {
      // Not a number; may be a duration with units.
    }
    try {
      return Durations.parseMillis(s);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(failure, e);
    }
  }

  Optional<Duration> optionalDuration(String name) {
    return has(name) ? Optional.of(Duration.ofMillis(duration(name))) : Optional.empty();
  }

  /// A whole number of at least 1; empty where the parameter is absent.
  Optional<Long> optionalCount(String name) {
    if (!has(name)) {
      return Optional.empty();
    }
    try {
      long n = Long.parseLong(text(name));
      if (n >= 1) {
        return Optional.of(n);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw invalid(name, "expected a whole number of at least 1, got " + quoted(text(name)));
  }

  /// The lookback delta; empty where it is absent or not positive, in which case, as in Prometheus,
  /// the server's own applies.
  Optional<Duration> lookbackDelta() {
    if (!has("lookback_delta")) {
      return Optional.empty();
    }
    String s = text("lookback_delta");
    try {
      return Optional.of(Duration.ofMillis(parseDuration(s))).filter(Duration::isPositive);
    } catch (IllegalArgumentException e) {
      throw new QueryException.BadQuery("error parsing lookback delta duration: " + e.getMessage());
    }
  }

  /// A boolean parameter, in the spellings of Go; false where it is absent.
  boolean isOn(String name) {
    String s = text(name);
    return switch (s) {
      case "", "0", "false", "f", "F", "FALSE", "False" -> false;
      case "1", "true", "t", "T", "TRUE", "True" -> true;
      default -> throw invalid(name, "expected 0 or 1, got " + quoted(s));
    };
  }

  /// Maximum of elements to return; 0 for all.
  int limit() {
    if (!has("limit")) {
      return 0;
    }
    String s = text("limit");
    if (!INTEGER.matcher(s).matches()) {
      throw invalid("limit", "strconv.Atoi: parsing " + quoted(s) + ": invalid syntax");
    }
    long n;
    try {
      n = Long.parseLong(s);
    } catch (NumberFormatException e) {
      throw invalid("limit", "strconv.Atoi: parsing " + quoted(s) + ": value out of range");
    }
    if (n < 0) {
      throw invalid("limit", "limit must be non-negative");
    }
    return (int) Math.min(n, Integer.MAX_VALUE);
  }

  static QueryException.BadQuery invalid(String name, String what) {
    return new QueryException.BadQuery("invalid parameter " + quoted(name) + ": " + what);
  }

  static String quoted(String s) {
    return io.lamella.model.GoQuote.quote(s);
  }
}
