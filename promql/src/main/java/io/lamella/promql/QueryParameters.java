package io.lamella.promql;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Named parameters in the text of a query: `$name` outside strings and comments stands for a
/// number or a duration. Values are checked before they replace names, so that a value can never
/// become another part of the query. A `$name` inside a string is part of the string.
public final class QueryParameters {
  private static final Pattern VALUE =
      Pattern.compile(
          "[-+]?(?:(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?|(?:[0-9]+(?:ms|[smhdwy]))+"
              + "|[iI]nf|[nN]a[nN])");

  private final String query;
  private final Map<String, String> values;
  private final Set<String> used = new LinkedHashSet<>();
  private final StringBuilder out = new StringBuilder();

  private QueryParameters(String query, Map<String, String> values) {
    this.query = query;
    this.values = values;
  }

  /// The names of the parameters in a query, in order.
  public static Set<String> names(String query) {
    QueryParameters p = new QueryParameters(query, Map.of());
    p.run(true);
    return p.used;
  }

  /// True for a number or a duration.
  public static boolean isValue(String text) {
    return VALUE.matcher(text).matches();
  }

  /// The query with values instead of parameters.
  ///
  /// @param values of the parameters, numbers or durations
  /// @throws ParseException where a parameter has no value
  public static String bind(String query, Map<String, String> values) {
    for (Map.Entry<String, String> v : values.entrySet()) {
      if (!isValue(v.getValue())) {
        throw new ParseException(
            0, 0, "value of $" + v.getKey() + " is no number or duration: " + v.getValue());
      }
    }
    QueryParameters p = new QueryParameters(query, values);
    p.run(false);
    return p.out.toString();
  }

  private void run(boolean collectOnly) {
    int i = 0;
    while (i < query.length()) {
      char c = query.charAt(i);
      int end =
          switch (c) {
            case '"', '\'', '`' -> endOfString(i, c);
            case '#' -> endOfLine(i);
            case '$' -> endOfName(i + 1);
            default -> i + 1;
          };
      if (c == '$' && end > i + 1) {
        String name = query.substring(i + 1, end);
        used.add(name);
        String value = values.get(name);
        if (value == null && !collectOnly) {
          QueryText text = new QueryText(query);
          throw new ParseException(
              text.line(i), text.column(i), "parse error: no value for parameter $" + name);
        }
        out.append(value);
      } else {
        out.append(query, i, end);
      }
      i = end;
    }
  }

  private int endOfString(int start, char quote) {
    int i = start + 1;
    while (i < query.length() && query.charAt(i) != quote) {
      i += query.charAt(i) == '\\' && quote != '`' ? 2 : 1;
    }
    return Math.min(i + 1, query.length());
  }

  private int endOfLine(int start) {
    int end = query.indexOf('\n', start);
    return end < 0 ? query.length() : end;
  }

  private int endOfName(int start) {
    int i = start;
    while (i < query.length() && isNamePart(query.charAt(i), i > start)) {
      i++;
    }
    return i;
  }

  private static boolean isNamePart(char c, boolean inside) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || inside && c >= '0' && c <= '9';
  }
}
