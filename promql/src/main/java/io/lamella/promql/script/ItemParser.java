package io.lamella.promql.script;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.HistogramSum;
import io.lamella.model.Span;
import io.lamella.model.Stale;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the items of a series line: `1 2+3x4 _ stale {{count:1}}x2`.
final class ItemParser {
  private static final double[] NONE = {};

  private final String s;
  private int pos;
  private final List<Script.@Nullable Item> out = new ArrayList<>();

  private ItemParser(String s) {
    this.s = s;
  }

  /// @throws IllegalArgumentException where an item is malformed
  static List<Script.@Nullable Item> parse(String items) {
    ItemParser p = new ItemParser(items);
    p.skipSpace();
    while (p.pos < items.length()) {
      p.item();
      p.skipSpace();
    }
    return p.out;
  }

  private void skipSpace() {
    while (pos < s.length() && (s.charAt(pos) == ' ' || s.charAt(pos) == '\t')) {
      pos++;
    }
  }

  private void item() {
    if (s.startsWith("{{", pos)) {
      histograms();
      return;
    }
    int end = pos;
    while (end < s.length() && s.charAt(end) != ' ' && s.charAt(end) != '\t') {
      end++;
    }
    String word = s.substring(pos, end);
    pos = end;
    if (word.equals("stale")) {
      out.add(new Script.Item(Stale.MARKER, null, false));
    } else if (word.startsWith("_")) {
      gap(word);
    } else {
      floats(word);
    }
  }

  private void gap(String word) {
    int n = 1;
    if (word.startsWith("_x")) {
      n = Integer.parseInt(word.substring(2));
    } else if (!word.equals("_")) {
      throw new IllegalArgumentException("bad item " + word);
    }
    for (int i = 0; i < n; i++) {
      out.add(null);
    }
  }

  private void floats(String word) {
    int x = word.indexOf('x');
    // A hexadecimal prefix is not a repetition.
    int times = x < 0 ? 0 : Integer.parseInt(word.substring(x + 1));
    String body = x < 0 ? word : word.substring(0, x);
    int split = -1;
    for (int i = 1; i < body.length(); i++) {
      char c = body.charAt(i);
      char before = Character.toLowerCase(body.charAt(i - 1));
      if ((c == '+' || c == '-') && before != 'e') {
        split = i;
        break;
      }
    }
    if (split >= 0 && x < 0) {
      throw new IllegalArgumentException("bad item " + word);
    }
    double value = number(split < 0 ? body : body.substring(0, split));
    double delta = split < 0 ? 0 : number(body.substring(split));
    for (int i = 0; i <= times; i++) {
      out.add(new Script.Item(value, null, false));
      if (split >= 0) {
        value += delta;
      }
    }
  }

  static double number(String text) {
    String t = text.toLowerCase(java.util.Locale.ROOT);
    return switch (t) {
      case "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan", "+nan", "-nan" -> Double.NaN;
      default -> {
        String sign = t.startsWith("-") ? "-" : "";
        String plain = t.startsWith("+") || t.startsWith("-") ? t.substring(1) : t;
        if (plain.startsWith("0x")) {
          yield Double.parseDouble(sign + Long.parseLong(plain.substring(2), 16));
        }
        yield Double.parseDouble(sign + plain);
      }
    };
  }

  private void histograms() {
    Parsed first = histogram();
    char op = pos < s.length() ? s.charAt(pos) : ' ';
    Parsed delta = null;
    if (op == '+' || op == '-') {
      pos++;
      delta = histogram();
    }
    int times = 0;
    if (pos < s.length() && s.charAt(pos) == 'x') {
      int from = ++pos;
      while (pos < s.length() && Character.isDigit(s.charAt(pos))) {
        pos++;
      }
      times = Integer.parseInt(s.substring(from, pos));
    }
    Histogram h = first.histogram;
    CounterReset hint = h.counterReset();
    for (int i = 0; i <= times; i++) {
      out.add(new Script.Item(h.sum(), h, first.hinted));
      if (delta != null) {
        HistogramSum sum = new HistogramSum(h);
        if (op == '+') {
          sum.add(delta.histogram);
        } else {
          sum.subtract(delta.histogram);
        }
        h = sum.hint(next(hint, first.hinted, op)).toHistogram();
      }
    }
  }

  /// The hint of the later histograms of a repetition: that of the line, else that of the
  /// arithmetic.
  private static CounterReset next(CounterReset hint, boolean hinted, char op) {
    if (hinted) {
      return hint;
    }
    return op == '-' ? CounterReset.GAUGE : hint;
  }

  private record Parsed(Histogram histogram, boolean hinted) {}

  private Parsed histogram() {
    if (!s.startsWith("{{", pos)) {
      throw new IllegalArgumentException("expected {{ at " + s.substring(pos));
    }
    int end = s.indexOf("}}", pos);
    if (end < 0) {
      throw new IllegalArgumentException("histogram is not closed: " + s.substring(pos));
    }
    String body = s.substring(pos + 2, end);
    pos = end + 2;
    return fields(body);
  }

  private static Parsed fields(String body) {
    int schema = 0;
    double sum = 0;
    double count = 0;
    double zero = 0;
    double width = 0;
    double[] positive = NONE;
    double[] negative = NONE;
    double[] custom = NONE;
    int offset = 0;
    int negativeOffset = 0;
    CounterReset hint = CounterReset.UNKNOWN;
    Set<String> seen = new HashSet<>();
    int i = 0;
    while (i < body.length()) {
      if (Character.isWhitespace(body.charAt(i))) {
        i++;
        continue;
      }
      int colon = body.indexOf(':', i);
      if (colon < 0) {
        throw new IllegalArgumentException("bad histogram field " + body.substring(i));
      }
      String key = body.substring(i, colon).trim();
      int end;
      String value;
      if (body.startsWith("[", colon + 1)) {
        end = body.indexOf(']', colon);
        value = body.substring(colon + 2, end);
        end++;
      } else {
        end = colon + 1;
        while (end < body.length() && !Character.isWhitespace(body.charAt(end))) {
          end++;
        }
        value = body.substring(colon + 1, end);
      }
      i = end;
      if (!seen.add(key)) {
        throw new IllegalArgumentException("histogram field " + key + " is given twice");
      }
      switch (key) {
        case "schema" -> schema = Integer.parseInt(value);
        case "sum" -> sum = number(value);
        case "count" -> count = number(value);
        case "z_bucket" -> zero = number(value);
        case "z_bucket_w" -> width = number(value);
        case "buckets" -> positive = numbers(value);
        case "n_buckets" -> negative = numbers(value);
        case "custom_values" -> custom = numbers(value);
        case "offset" -> offset = Integer.parseInt(value);
        case "n_offset" -> negativeOffset = Integer.parseInt(value);
        case "counter_reset_hint" -> hint = hint(value);
        default -> throw new IllegalArgumentException("unknown histogram field " + key);
      }
    }
    Histogram h =
        new Histogram(
            hint,
            schema,
            width,
            zero,
            count,
            sum,
            spans(positive, offset),
            positive,
            spans(negative, negativeOffset),
            negative,
            custom);
    return new Parsed(h, seen.contains("counter_reset_hint"));
  }

  private static List<Span> spans(double[] buckets, int offset) {
    return buckets.length == 0 ? List.of() : List.of(new Span(offset, buckets.length));
  }

  private static double[] numbers(String list) {
    String t = list.trim();
    if (t.isEmpty()) {
      return NONE;
    }
    String[] parts = t.split("[ \t]+");
    double[] out = new double[parts.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = number(parts[k]);
    }
    return out;
  }

  private static CounterReset hint(String value) {
    return switch (value) {
      case "unknown" -> CounterReset.UNKNOWN;
      case "reset" -> CounterReset.RESET;
      case "not_reset" -> CounterReset.NOT_RESET;
      case "gauge" -> CounterReset.GAUGE;
      default -> throw new IllegalArgumentException("unknown counter_reset_hint " + value);
    };
  }
}
