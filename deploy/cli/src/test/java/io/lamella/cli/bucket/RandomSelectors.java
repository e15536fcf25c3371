package io.lamella.cli.bucket;

import io.lamella.model.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/// Selectors with random matchers, offsets and fixed times in the place of `M` in a query.
final class RandomSelectors {
  private static final Pattern SELECTOR = Pattern.compile("M(\\[\\w+])?( offset \\w+)?");
  private static final List<String> NAMES =
      List.of("host", "dc_id", "path", "path", "cluster", "replica", "nope");

  /// Values of any of the labels, values that none has, and the empty one.
  private static final List<String> VALUES =
      List.of("h0", "h1", "h2", "1", "2", "10", "é", "c0", "c1", "r0", "r1", "own", "", "x");

  private static final List<String> PATTERNS =
      List.of(
          ".*",
          ".+",
          "",
          "h.",
          "h[01]|c1|1",
          "1.*",
          "(?i)H1|C0",
          "|h0",
          "é?",
          "[^1]*",
          "/.*",
          "/api/v1/query_ra.+",
          "/api/v1/query_range/.*é",
          "/api/v1/q.*b|10|c.",
          "ж.*",
          "\\x{10ffff}.*");

  private static final List<String> MODIFIERS =
      List.of("", "", "", " offset 1d", " offset -7h", " offset 26h", " @ start()", " @ end()");

  private final Random random;

  RandomSelectors(Random random) {
    this.random = random;
  }

  /// @param query with `M` for each selector
  String in(String query, String metric) {
    return SELECTOR
        .matcher(query)
        .replaceAll(m -> {
          String range = m.group(1) == null ? "" : m.group(1);
          String modifier =
              m.group(2) == null ? MODIFIERS.get(random.nextInt(MODIFIERS.size())) : m.group(2);
          return java.util.regex.Matcher.quoteReplacement(metric + matchers() + range + modifier);
        });
  }

  private String matchers() {
    List<String> out = new ArrayList<>();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      boolean regex = random.nextInt(3) == 0;
      out.add(
          NAMES.get(random.nextInt(NAMES.size()))
              + (regex ? any("=~", "!~") : any("=", "!=", "=~", "!~"))
              + GoQuote.quote(regex ? PATTERNS.get(random.nextInt(PATTERNS.size())) : values()));
    }
    return out.isEmpty() ? "" : "{" + String.join(",", out) + "}";
  }

  /// A value, or several as alternatives of a regular expression.
  private String values() {
    List<String> out = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<String> from = random.nextInt(3) == 0 ? VALUES : RandomSeries.PATHS;
      out.add(from.get(random.nextInt(from.size())));
    }
    return String.join("|", out);
  }

  private String any(String... of) {
    return of[random.nextInt(of.length)];
  }
}
