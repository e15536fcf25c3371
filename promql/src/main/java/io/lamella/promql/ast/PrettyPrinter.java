package io.lamella.promql.ast;

import java.util.IdentityHashMap;
import java.util.Map;

/// Prints a syntax tree as Prometheus' formatter does: what fits into [#WIDTH] columns as [Printer]
/// prints it, everything else with one part per line, indented by two spaces per level.
///
/// The tree is printed on one line once; widths and texts of nodes are taken from that line. So the
/// time is linear in the text, however deep the tree.
public final class PrettyPrinter {
  /// Maximum number of UTF-8 bytes of a node on one line, without indentation.
  private static final int WIDTH = 100;

  private final Map<Expr, TextRange> places = new IdentityHashMap<>();
  private final String flat;
  private final StringBuilder out = new StringBuilder();
  private boolean afterSign;

  private PrettyPrinter(Expr e) {
    flat = Printer.print(e, places);
  }

  /// @throws TextTooLong where the text would be longer than [TextTooLong#LIMIT]
  public static String print(Expr e) {
    PrettyPrinter p = new PrettyPrinter(e);
    p.node(e, 0);
    return p.out.toString();
  }

  private void node(Expr e, int level) {
    TextTooLong.check(out);
    TextRange place = place(e);
    if (fits(place)) {
      // As in Prometheus, a subquery that fits is not indented.
      indent(e instanceof Expr.Subquery ? 0 : level);
      out.append(flat, place.start(), place.end());
      return;
    }
    switch (e) {
      case Expr.NumberLiteral _,
          Expr.StringLiteral _,
          Expr.VectorSelector _,
          Expr.MatrixSelector _ -> {
        indent(level);
        out.append(flat, place.start(), place.end());
      }
      case Expr.Unary u -> {
        indent(level);
        out.append(u.minus() ? '-' : '+');
        afterSign = true;
        node(u.inner(), level);
      }
      case Expr.Binary b -> {
        node(b.left(), level + 1);
        line(level);
        out.append(flat, place(b.left()).end() + 1, place(b.right()).start() - 1).append('\n');
        node(b.right(), level + 1);
      }
      case Expr.Subquery s -> {
        node(s.inner(), level);
        out.append(flat, place(s.inner()).end(), place.end());
      }
      case Expr.Paren p -> enclosed(p, level, p.inner());
      case Expr.Call c -> enclosed(c, level, c.args().toArray(Expr[]::new));
      case Expr.Aggregation a -> {
        if (a.param() == null) {
          enclosed(a, level, a.inner());
        } else {
          enclosed(a, level, a.param(), a.inner());
        }
      }
    }
  }

  /// Writes the text before the first part, each part on its own line, and the closing parenthesis.
  private void enclosed(Expr e, int level, Expr... parts) {
    indent(level);
    out.append(flat, place(e).start(), place(parts[0]).start()).append('\n');
    for (int i = 0; i < parts.length; i++) {
      out.append(i > 0 ? ",\n" : "");
      node(parts[i], level + 1);
    }
    line(level);
    out.append(')');
  }

  private void line(int level) {
    out.append('\n');
    indent(level);
  }

  /// Indents, unless the line starts with a sign.
  private void indent(int level) {
    if (!afterSign) {
      out.repeat("  ", level);
    }
    afterSign = false;
  }

  private TextRange place(Expr e) {
    return java.util.Objects.requireNonNull(places.get(e));
  }

  private boolean fits(TextRange place) {
    if (place.end() - place.start() > WIDTH) {
      return false;
    }
    int bytes = 0;
    for (int i = place.start(); i < place.end(); i++) {
      char c = flat.charAt(i);
      // Two of the four bytes for either half of a surrogate pair.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes <= WIDTH;
  }
}
