package io.lamella.promql.ast;

import io.lamella.model.JsonQuote;
import io.lamella.model.Matcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a syntax tree as JSON, as Prometheus' `parse_query` does: an object for each node, its
/// `type` first. Numbers of the query are strings, durations are milliseconds. Where a duration is
/// an expression, the number is 0 and the expression has a field of its own.
///
/// A `fill` value that is no JSON number is a string; Prometheus fails there.
public final class TreeJson {
  private final StringBuilder out = new StringBuilder();

  private TreeJson() {}

  /// @throws TextTooLong where the text would be longer than [TextTooLong#LIMIT]
  public static String of(Expr e) {
    TreeJson json = new TreeJson();
    json.node(e);
    return json.out.toString();
  }

  private void node(Expr e) {
    TextTooLong.check(out);
    switch (e) {
      case Expr.NumberLiteral n -> {
        open("numberLiteral");
        text("val", Numbers.plain(n.value()));
      }
      case Expr.StringLiteral s -> {
        open("stringLiteral");
        text("val", s.value());
      }
      case Expr.Paren p -> {
        open("parenExpr");
        node("expr", p.inner());
      }
      case Expr.Unary u -> {
        open("unaryExpr");
        text("op", u.minus() ? "-" : "+");
        node("expr", u.inner());
      }
      case Expr.Binary b -> {
        open("binaryExpr");
        text("op", b.op().text());
        bare("bool", b.bool());
        node("lhs", b.left());
        node("rhs", b.right());
        matching(b.matching());
      }
      case Expr.Aggregation a -> {
        open("aggregation");
        text("op", a.op().text());
        bare("without", a.without());
        texts("grouping", a.grouping());
        node("param", a.param());
        node("expr", a.inner());
      }
      case Expr.Call c -> {
        open("call");
        function(c.function());
        key("args").append('[');
        for (int i = 0; i < c.args().size(); i++) {
          out.append(i > 0 ? "," : "");
          node(c.args().get(i));
        }
        out.append(']');
      }
      case Expr.VectorSelector v -> {
        open("vectorSelector");
        selector(v);
      }
      case Expr.MatrixSelector m -> {
        open("matrixSelector");
        length("range", m.width());
        selector(m.selector());
      }
      case Expr.Subquery s -> {
        open("subquery");
        node("expr", s.inner());
        length("range", s.width());
        length("step", s.step());
        length("offset", s.offset());
        at(s.at());
      }
    }
    out.append('}');
  }

  private void node(String name, @Nullable Expr e) {
    key(name);
    if (e == null) {
      out.append("null");
    } else {
      node(e);
    }
  }

  private void matching(@Nullable VectorMatching m) {
    if (m == null) {
      bare("matching", null);
      return;
    }
    key("matching").append('{');
    text("card", m.cardinality().text());
    bare("on", m.on());
    texts("labels", m.labels());
    texts("include", m.include());
    key("fillValues").append('{');
    fill("lhs", m.fillLeft());
    fill("rhs", m.fillRight());
    out.append("}}");
  }

  private void fill(String name, @Nullable Double v) {
    if (v != null && !Double.isFinite(v)) {
      text(name, Numbers.plain(v));
    } else {
      bare(name, v == null ? null : Numbers.general(v));
    }
  }

  private void function(Function f) {
    key("func").append('{');
    text("name", f.text());
    texts("argTypes", f.arguments().stream().map(ValueType::apiName).toList());
    bare("variadic", f.variadic());
    text("returnType", f.returns().apiName());
    out.append('}');
  }

  private void selector(Expr.VectorSelector v) {
    text("name", v.name());
    key("matchers").append('[');
    for (Matcher m : v.matchers()) {
      separate();
      out.append('{');
      text("name", m.name());
      text("type", m.type().operator());
      text("value", m.value());
      out.append('}');
    }
    out.append(']');
    length("offset", v.offset());
    at(v.at());
    bare("anchored", v.mode() == RangeMode.ANCHORED);
    bare("smoothed", v.mode() == RangeMode.SMOOTHED);
  }

  private void at(@Nullable At at) {
    bare("timestamp", at instanceof At.Time t ? t.millis() : null);
    switch (at) {
      case At.Start _ -> text("startOrEnd", "start");
      case At.End _ -> text("startOrEnd", "end");
      case At.Time _ -> bare("startOrEnd", null);
      case null -> bare("startOrEnd", null);
    }
  }

  private void length(String name, @Nullable DurationExpr d) {
    bare(name, d instanceof DurationExpr.Literal l ? l.millis() : 0L);
    operand(name + "Expr", d instanceof DurationExpr.Literal ? null : d);
  }

  private void duration(DurationExpr d, boolean wrapped) {
    TextTooLong.check(out);
    switch (d) {
      case DurationExpr.Literal l when wrapped -> operation("+", null, l, true);
      case DurationExpr.Literal l -> {
        open("numberLiteral");
        text("val", Numbers.plain(l.seconds()));
        bare("duration", l.unit());
        out.append('}');
      }
      case DurationExpr.Step _ -> operation("step", null, null, wrapped);
      case DurationExpr.QueryRange _ -> operation("range", null, null, wrapped);
      case DurationExpr.Negate n -> operation("-", null, n.inner(), wrapped);
      case DurationExpr.Plus p when p.inner() instanceof DurationExpr.Parenthesized ->
          duration(p.inner(), wrapped);
      case DurationExpr.Plus p -> operation("+", null, p.inner(), wrapped);
      case DurationExpr.Parenthesized p -> duration(p.core(), true);
      case DurationExpr.Arithmetic a -> operation(a.op().text(), a.left(), a.right(), wrapped);
      case DurationExpr.Extreme x ->
          operation(x.max() ? "max_of" : "min_of", x.left(), x.right(), wrapped);
    }
  }

  private void operation(
      String op, @Nullable DurationExpr left, @Nullable DurationExpr right, boolean wrapped) {
    open("durationExpr");
    text("op", op);
    operand("lhs", left);
    operand("rhs", right);
    bare("wrapped", wrapped);
    out.append('}');
  }

  private void operand(String name, @Nullable DurationExpr d) {
    key(name);
    if (d == null) {
      out.append("null");
    } else {
      duration(d, false);
    }
  }

  private void open(String type) {
    out.append('{');
    text("type", type);
  }

  private void text(String name, String value) {
    JsonQuote.append(key(name), value);
  }

  private void texts(String name, List<String> values) {
    key(name).append('[');
    for (String v : values) {
      separate();
      JsonQuote.append(out, v);
    }
    out.append(']');
  }

  /// A member whose value is written without quotes: a number, a boolean, null.
  private void bare(String name, @Nullable Object value) {
    key(name).append(value);
  }

  private StringBuilder key(String name) {
    separate();
    return out.append('"').append(name).append("\":");
  }

  /// A comma, unless an object or array has just been opened or a name was written.
  private void separate() {
    char last = out.charAt(out.length() - 1);
    if (last != '{' && last != '[') {
      out.append(',');
    }
  }
}
