package io.lamella.promql.ast;

import io.lamella.model.GoQuote;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.Utf8Order;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Prints a syntax tree as canonical PromQL on one line, as Prometheus does.
///
/// Parsing the text gives the same tree, except for parts without a meaning: an empty `by ()`, the
/// order of matchers, a plus sign, digits below the millisecond. Where Prometheus' text would not
/// parse to the same query the text differs from it: `Inf ^ 2` gets no sign, an empty selector is
/// `{}`, a range below a millisecond is a number instead of `0s`, and an offset that would include
/// the operator after it is `+(…)`.
public final class Printer {
  private final StringBuilder out = new StringBuilder();
  private final @Nullable Map<Expr, TextRange> places;

  /// True where an arithmetic operator follows the text printed now.
  private boolean operatorFollows;

  private Printer(@Nullable Map<Expr, TextRange> places) {
    this.places = places;
  }

  public static String print(Expr e) {
    Printer p = new Printer(null);
    p.node(e);
    return p.out.toString();
  }

  /// Prints as [#print] and records the position of each node in the text, children within parents.
  ///
  /// @param places receives the positions, keyed by identity because equal nodes may occur several
  ///   times
  /// @throws TextTooLong where the text exceeds its limit
  static String print(Expr e, Map<Expr, TextRange> places) {
    Printer p = new Printer(places);
    p.node(e);
    return p.out.toString();
  }

  private void node(Expr e) {
    int start = out.length();
    boolean follows = operatorFollows;
    content(e);
    operatorFollows = follows;
    if (places != null) {
      TextTooLong.check(out);
      places.put(e, new TextRange(start, out.length()));
    }
  }

  private void content(Expr e) {
    switch (e) {
      case Expr.NumberLiteral n -> out.append(number(n.value(), n.duration()));
      case Expr.StringLiteral s -> GoQuote.append(out, s.value());
      case Expr.Paren p -> {
        operatorFollows = false;
        out.append('(');
        node(p.inner());
        out.append(')');
      }
      case Expr.Unary u -> {
        out.append(u.minus() ? '-' : '+');
        node(u.inner());
      }
      case Expr.Binary b -> {
        boolean follows = operatorFollows;
        operatorFollows = b.op().isArithmetic();
        left(b);
        operatorFollows = follows;
        out.append(' ').append(b.op().text());
        out.append(b.bool() ? " bool" : "");
        if (b.matching() != null) {
          matching(b.matching());
        }
        out.append(' ');
        node(b.right());
      }
      case Expr.Aggregation a -> {
        operatorFollows = false;
        out.append(a.op().text());
        if (a.without() || !a.grouping().isEmpty()) {
          names(a.without() ? " without" : " by", a.grouping());
          out.append(' ');
        }
        out.append('(');
        if (a.param() != null) {
          node(a.param());
          out.append(", ");
        }
        node(a.inner());
        out.append(')');
      }
      case Expr.Call c -> {
        operatorFollows = false;
        out.append(c.function().text()).append('(');
        for (int i = 0; i < c.args().size(); i++) {
          out.append(i > 0 ? ", " : "");
          node(c.args().get(i));
        }
        out.append(')');
      }
      case Expr.VectorSelector v -> {
        selector(v);
        at(v.at());
        mode(v.mode());
        offset(v.offset());
      }
      case Expr.MatrixSelector m -> {
        selector(m.selector());
        out.append('[');
        length(m.width());
        out.append(']');
        mode(m.selector().mode());
        at(m.selector().at());
        offset(m.selector().offset());
      }
      case Expr.Subquery s -> {
        boolean follows = operatorFollows;
        operatorFollows = false;
        node(s.inner());
        operatorFollows = follows;
        out.append('[');
        length(s.width());
        out.append(':');
        if (s.step() != null) {
          length(s.step());
        }
        out.append(']');
        at(s.at());
        offset(s.offset());
      }
    }
  }

  /// The sign of an infinite base would be parsed as the sign of the power.
  private void left(Expr.Binary b) {
    int start = out.length();
    node(b.left());
    if (b.op() == BinaryOp.POW
        && b.left() instanceof Expr.NumberLiteral n
        && n.value() == Double.POSITIVE_INFINITY) {
      out.deleteCharAt(start);
      if (places != null) {
        places.put(n, new TextRange(start, out.length()));
      }
    }
  }

  private void matching(VectorMatching m) {
    boolean grouped =
        m.cardinality() == VectorMatching.Cardinality.MANY_TO_ONE
            || m.cardinality() == VectorMatching.Cardinality.ONE_TO_MANY;
    if (m.on() || grouped || !m.labels().isEmpty()) {
      names(m.on() ? " on" : " ignoring", m.labels());
    }
    if (grouped) {
      boolean left = m.cardinality() == VectorMatching.Cardinality.MANY_TO_ONE;
      names(left ? " group_left" : " group_right", m.include());
    }
    Double l = m.fillLeft();
    Double r = m.fillRight();
    if (l != null && r != null && l.doubleValue() == r.doubleValue()) {
      fill(" fill", l);
      return;
    }
    fill(" fill_left", l);
    fill(" fill_right", r);
  }

  private void fill(String word, @Nullable Double value) {
    if (value != null) {
      out.append(word).append(" (").append(Numbers.general(value)).append(')');
    }
  }

  private void names(String word, List<String> names) {
    out.append(word).append(" (");
    for (int i = 0; i < names.size(); i++) {
      String s = names.get(i);
      out.append(i > 0 ? ", " : "").append(Labels.isIdentifier(s) ? s : GoQuote.quote(s));
    }
    out.append(')');
  }

  private void selector(Expr.VectorSelector v) {
    List<String> shown =
        v.matchers().stream()
            .filter(m -> !isName(m, v.name()))
            .map(Matcher::toString)
            .sorted(Utf8Order.COMPARATOR)
            .toList();
    out.append(v.name());
    if (!shown.isEmpty() || v.name().isEmpty()) {
      out.append('{').append(String.join(",", shown)).append('}');
    }
  }

  private static boolean isName(Matcher m, String name) {
    return !name.isEmpty()
        && m.name().equals(Labels.METRIC_NAME)
        && m.type() == Matcher.Type.EQUAL
        && m.value().equals(name);
  }

  private void mode(RangeMode mode) {
    if (mode != RangeMode.PLAIN) {
      out.append(' ').append(mode.text());
    }
  }

  private void at(@Nullable At at) {
    switch (at) {
      case null -> {}
      case At.Time t ->
          out.append(" @ ")
              .append(
                  new BigDecimal(t.millis() / 1000.0)
                      .setScale(3, RoundingMode.HALF_EVEN)
                      .toPlainString());
      case At.Start _ -> out.append(" @ start()");
      case At.End _ -> out.append(" @ end()");
    }
  }

  private void offset(@Nullable DurationExpr offset) {
    if (offset == null || offset instanceof DurationExpr.Literal l && l.millis() == 0) {
      return;
    }
    out.append(" offset ");
    DurationExpr core = offset instanceof DurationExpr.Plus p ? p.inner() : offset;
    if (!operatorFollows || isTerm(core)) {
      length(core);
    } else if (core instanceof DurationExpr.Parenthesized) {
      out.append('+');
      length(core);
    } else {
      out.append("+(");
      duration(core);
      out.append(')');
    }
  }

  /// True where the parser ends the offset before an operator.
  private static boolean isTerm(DurationExpr d) {
    return switch (d) {
      case DurationExpr.Literal _,
          DurationExpr.Step _,
          DurationExpr.QueryRange _,
          DurationExpr.Extreme _ ->
          true;
      case DurationExpr.Negate n ->
          !(n.inner() instanceof DurationExpr.Negate)
              && !(n.inner() instanceof DurationExpr.Arithmetic);
      case DurationExpr.Plus _, DurationExpr.Parenthesized _, DurationExpr.Arithmetic _ -> false;
    };
  }

  /// A whole duration; a literal gets units even where it was written without.
  private void length(DurationExpr d) {
    if (d instanceof DurationExpr.Literal l) {
      out.append(number(l.seconds(), l.millis() != 0 && !Double.isNaN(l.seconds())));
    } else {
      duration(d);
    }
  }

  private void duration(DurationExpr d) {
    switch (d) {
      case DurationExpr.Literal l -> out.append(number(l.seconds(), l.unit()));
      case DurationExpr.Step _ -> out.append("step()");
      case DurationExpr.QueryRange _ -> out.append("range()");
      case DurationExpr.Negate n -> {
        out.append('-');
        duration(n.inner());
      }
      case DurationExpr.Plus p -> duration(p.inner());
      case DurationExpr.Parenthesized p -> {
        out.append('(');
        duration(p.core());
        out.append(')');
      }
      case DurationExpr.Arithmetic a -> {
        duration(a.left());
        out.append(' ').append(a.op().text()).append(' ');
        duration(a.right());
      }
      case DurationExpr.Extreme x -> {
        out.append(x.max() ? "max_of(" : "min_of(");
        duration(x.left());
        out.append(", ");
        duration(x.right());
        out.append(')');
      }
    }
  }

  private static String number(double value, boolean duration) {
    return duration ? Numbers.duration(millis(value)) : Numbers.plain(value);
  }

  private static long millis(double seconds) {
    return Math.round(seconds * 1e9) / 1_000_000;
  }
}
