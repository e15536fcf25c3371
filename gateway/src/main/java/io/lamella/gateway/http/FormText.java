package io.lamella.gateway.http;

import io.lamella.promql.QueryException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parameters encoded as `application/x-www-form-urlencoded`, in a URL or a body, with the errors
/// of Go's parser.
final class FormText {
  /// Bounded because each parameter takes far more memory than its text.
  static final int MAX_PARAMETERS = 1_000;

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private int count;

  /// @throws QueryException.BadQuery where the text is not encoded correctly, or there are too many
  ///   parameters
  void add(String encoded) {
    for (int from = 0; from <= encoded.length(); ) {
      int ampersand = encoded.indexOf('&', from);
      int to = ampersand < 0 ? encoded.length() : ampersand;
      if (to > from) {
        parameter(encoded, from, to);
      }
      from = to + 1;
    }
  }

  private void parameter(String encoded, int from, int to) {
    if (++count > MAX_PARAMETERS) {
      throw invalid("more than " + MAX_PARAMETERS + " parameters");
    }
    int semicolon = encoded.indexOf(';', from);
    if (semicolon >= 0 && semicolon < to) {
      throw invalid("invalid semicolon separator in query");
    }
    int equals = encoded.indexOf('=', from);
    int nameEnd = equals < 0 || equals > to ? to : equals;
    String name = decoded(encoded, from, nameEnd);
    String value = decoded(encoded, Math.min(nameEnd + 1, to), to);
    values.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
  }

  private static String decoded(String s, int from, int to) {
    int i = from;
    while (i < to && s.charAt(i) != '%' && s.charAt(i) != '+') {
      i++;
    }
    if (i == to) {
      return s.substring(from, to);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
    for (int plain = from; plain < to; ) {
      char c = s.charAt(plain);
      if (c == '%') {
        out.write(escaped(s, plain, to));
        plain += 3;
      } else if (c == '+') {
        out.write(' ');
        plain++;
      } else {
        int end = plain + 1;
        while (end < to && s.charAt(end) != '%' && s.charAt(end) != '+') {
          end++;
        }
        out.writeBytes(s.substring(plain, end).getBytes(StandardCharsets.UTF_8));
        plain = end;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static int escaped(String s, int at, int to) {
    int high = at + 1 < to ? Character.digit(s.charAt(at + 1), 16) : -1;
    int low = at + 2 < to ? Character.digit(s.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw invalid(
          "invalid URL escape " + ApiParameters.quoted(s.substring(at, Math.min(at + 3, to))));
    }
    return high << 4 | low;
  }

  private static QueryException.BadQuery invalid(String why) {
    return new QueryException.BadQuery("error parsing form values: " + why);
  }

  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }
}
