package io.lamella.promql.ast;

import io.lamella.model.GoQuote;
import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints a syntax tree as canonical PromQL on one line; parsing the text gives an equal tree.
public final class Printer {
  private Printer() {}

  public static String print(Expr e) {
    StringBuilder out = new StringBuilder();
    print(out, e);
    return out.toString();
  }

  static void print(StringBuilder out, Expr e) {
    switch (e) {
      case Expr.NumberLiteral n -> out.append(number(n));
      case Expr.StringLiteral s -> GoQuote.append(out, s.value());
      case Expr.Paren p -> {
        out.append('(');
        print(out, p.inner());
        out.append(')');
      }
      case Expr.Unary u -> {
        out.append(u.minus() ? '-' : '+');
        print(out, u.inner());
      }
      case Expr.Binary b -> {
        print(out, b.left());
        out.append(' ').append(operator(b)).append(' ');
        print(out, b.right());
      }
      case Expr.Aggregation a -> {
        out.append(clause(a)).append('(');
        if (a.param() != null) {
          print(out, a.param());
          out.append(", ");
        }
        print(out, a.inner());
        out.append(')');
      }
      case Expr.Call c -> {
        out.append(c.function().text()).append('(');
        for (int i = 0; i < c.args().size(); i++) {
          if (i > 0) {
            out.append(", ");
          }
          print(out, c.args().get(i));
        }
        out.append(')');
      }
      case Expr.VectorSelector v -> {
        selector(out, v);
        modifiers(out, v.mode(), v.at(), v.offset());
      }
      case Expr.MatrixSelector m -> {
        selector(out, m.selector());
        out.append('[');
        duration(out, m.width());
        out.append(']');
        modifiers(out, m.selector().mode(), m.selector().at(), m.selector().offset());
      }
      case Expr.Subquery s -> {
        print(out, s.inner());
        out.append(subquerySuffix(s));
      }
    }
  }

  static String subquerySuffix(Expr.Subquery s) {
    StringBuilder out = new StringBuilder();
    out.append('[');
    duration(out, s.width());
    out.append(':');
    if (s.step() != null) {
      duration(out, s.step());
    }
    out.append(']');
    modifiers(out, RangeMode.PLAIN, s.at(), s.offset());
    return out.toString();
  }

  /// The operator with its modifiers: `+ on (a) group_left (b)`.
  static String operator(Expr.Binary b) {
    StringBuilder out = new StringBuilder(b.op().text());
    if (b.bool()) {
      out.append(" bool");
    }
    Matching m = b.matching();
    if (m != null && (m.on() || !m.labels().isEmpty())) {
      out.append(m.on() ? " on (" : " ignoring (");
      names(out, m.labels());
      out.append(')');
      switch (m.cardinality()) {
        case MANY_TO_ONE -> {
          out.append(" group_left (");
          names(out, m.include());
          out.append(')');
        }
        case ONE_TO_MANY -> {
          out.append(" group_right (");
          names(out, m.include());
          out.append(')');
        }
        case ONE_TO_ONE, MANY_TO_MANY -> {}
      }
    }
    if (m != null && m.fills()) {
      Double l = m.fillLeft();
      Double r = m.fillRight();
      if (l != null && l.equals(r)) {
        out.append(" fill (").append(Numbers.general(l)).append(')');
      } else {
        if (l != null) {
          out.append(" fill_left (").append(Numbers.general(l)).append(')');
        }
        if (r != null) {
          out.append(" fill_right (").append(Numbers.general(r)).append(')');
        }
      }
    }
    return out.toString();
  }

  /// The aggregation with its clause: `sum by (a) `.
  static String clause(Expr.Aggregation a) {
    StringBuilder out = new StringBuilder(a.op().text());
    if (a.without() || !a.grouping().isEmpty()) {
      out.append(a.without() ? " without (" : " by (");
      names(out, a.grouping());
      out.append(") ");
    }
    return out.toString();
  }

  private static void names(StringBuilder out, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        out.append(", ");
      }
      out.append(name(names.get(i)));
    }
  }

  private static String name(String s) {
    return Labels.isIdentifier(s) ? s : GoQuote.quote(s);
  }

  private static boolean isMetricIdentifier(String s) {
    return Labels.isIdentifier(s.replace(':', '_'));
  }

  private static void selector(StringBuilder out, Expr.VectorSelector v) {
    boolean quoted = !v.name().isEmpty() && !isMetricIdentifier(v.name());
    if (!quoted) {
      out.append(v.name());
    }
    StringBuilder braces = new StringBuilder();
    if (quoted) {
      GoQuote.append(braces, v.name());
    }
    for (Matcher m : v.matchers()) {
      boolean isName =
          m.name().equals(Labels.METRIC_NAME)
              && m.type() == Matcher.Type.EQUAL
              && m.value().equals(v.name())
              && !v.name().isEmpty();
      if (!isName) {
        braces.append(braces.isEmpty() ? "" : ",").append(m);
      }
    }
    if (!braces.isEmpty() || v.name().isEmpty()) {
      out.append('{').append(braces).append('}');
    }
  }

  private static void modifiers(
      StringBuilder out, RangeMode mode, @Nullable At at, @Nullable DurationExpr offset) {
    if (mode != RangeMode.PLAIN) {
      out.append(' ').append(mode.text());
    }
    switch (at) {
      case null -> {}
      case At.Time t -> out.append(" @ ").append(at(t.millis()));
      case At.Start _ -> out.append(" @ start()");
      case At.End _ -> out.append(" @ end()");
    }
    if (offset != null
        && !(offset instanceof DurationExpr.Literal l && Math.abs(l.seconds()) < 1e-9)) {
      out.append(" offset ");
      duration(out, offset);
    }
  }

  private static String at(long millis) {
    return new java.math.BigDecimal(millis).movePointLeft(3).setScale(3).toPlainString();
  }

  private static String number(Expr.NumberLiteral n) {
    return n.duration() ? length(n.value()) : Numbers.general(n.value());
  }

  private static String length(double seconds) {
    return Numbers.duration((long) (seconds * 1000 + (seconds < 0 ? -1e-7 : 1e-7)));
  }

  static void duration(StringBuilder out, DurationExpr d) {
    if (d instanceof DurationExpr.Literal l) {
      out.append(length(l.seconds()));
    } else {
      nested(out, d);
    }
  }

  private static void nested(StringBuilder out, DurationExpr d) {
    switch (d) {
      case DurationExpr.Literal l ->
          out.append(l.unit() ? length(l.seconds()) : Numbers.general(l.seconds()));
      case DurationExpr.Step _ -> out.append("step()");
      case DurationExpr.QueryRange _ -> out.append("range()");
      case DurationExpr.Negate n -> {
        out.append('-');
        nested(out, n.inner());
      }
      case DurationExpr.Plus p -> {
        out.append('+');
        nested(out, p.inner());
      }
      case DurationExpr.Paren p -> {
        out.append('(');
        nested(out, p.inner());
        out.append(')');
      }
      case DurationExpr.Arithmetic a -> {
        nested(out, a.left());
        out.append(' ').append(a.op().text()).append(' ');
        nested(out, a.right());
      }
      case DurationExpr.Extreme x -> {
        out.append(x.max() ? "max_of(" : "min_of(");
        nested(out, x.left());
        out.append(", ");
        nested(out, x.right());
        out.append(')');
      }
    }
  }
}
