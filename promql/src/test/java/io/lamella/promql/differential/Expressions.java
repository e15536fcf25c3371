package io.lamella.promql.differential;

import io.lamella.promql.ast.DateFunction;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.Function;
import io.lamella.promql.ast.HistogramFunction;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.ScalarFunction;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.ast.VectorFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Generates random expressions that are type-correct by construction; the same seed gives the same
/// ones.
public final class Expressions {
  private static final List<String> LABELS =
      List.of("dc_id", "job", "code", "instance", "le", "pool", "sensor", "scope", "__name__");
  private static final List<String> WIDTHS =
      List.of("1m", "5m", "90s", "10m", "30m", "1h", "3h", "17s", "max_of(step(), 2m)", "7m+30s");
  private static final List<String> RANGED = List.of("rate", "increase", "delta");
  private static final List<String> NUMBERS =
      List.of(
          "0", "1", "2", "-1", "0.5", "1e3", "NaN", "Inf", "-Inf", "0x1f", "5m", "3.7", "0.9", "-0",
          "1_0", "1e-9", "1e18");

  private final Random random;
  private final List<String> names;

  public Expressions(Random random, List<String> names) {
    this.random = random;
    this.names = names;
  }

  /// An expression for a range query: an instant vector or, sometimes, a scalar.
  public String range() {
    return chance(12) ? scalar(3) : vector(1 + random.nextInt(4));
  }

  /// An expression for an instant query: also a string or a range vector.
  public String instant() {
    return chance(12)
        ? matrix(2, "")
        : chance(100) ? "\"text\\n\"" : chance(10) ? sorted(2) : range();
  }

  /// An expression whose instant vector has a defined order.
  private String sorted(int depth) {
    String v = vector(depth);
    return one(
        "sort(" + v + ")",
        "sort_desc(" + v + ")",
        "sort_by_label(" + v + ", \"dc_id\")",
        "sort_by_label_desc(" + v + ", \"" + one(LABELS) + "\")",
        "topk(" + one("1", "3", "100") + ", " + v + ")",
        "bottomk by (job) (3, " + v + ")");
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  private String selector() {
    String name = one(names);
    String plain = chance(3) ? matchers() : "";
    if (chance(25)) {
      return one(
          "{__name__=~\"" + name.charAt(0) + ".*\",dc_id!=\"\"}",
          "{__name__=\"" + name + "\"}",
          "{__name__=~\"" + name + "|up\",dc_id=~\".+\"}",
          "{\"" + name + "\",\"dc_id\"=\"45\"}");
    }
    return name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*")
        ? name + (plain.isEmpty() ? "" : "{" + plain + "}")
        : "{\"" + name + "\"" + (plain.isEmpty() ? "" : "," + plain) + "}";
  }

  private String matchers() {
    String first =
        one(
            "dc_id=\"1\"",
            "dc_id!=\"45\"",
            "dc_id=~\"1|2|45\"",
            "dc_id!~\"1.*\"",
            "dc_id=\"\"",
            "job=~\".+\"",
            "absent_label=\"\"",
            "dc_id=\"none\"",
            "dc_id!~\"1.+\",dc_id=\"1\"",
            "dc_id=~\".*\",dc_id=\"45\"");
    return chance(4) ? first + "," + one("code=~\"2..\"", "le!=\"1\"", "instance!=\"\"") : first;
  }

  private String modifiers() {
    if (!chance(4)) {
      return "";
    }
    String offset =
        " offset "
            + one(
                "1m",
                "-2m",
                "7m",
                "1h",
                "(step() + 10)",
                "-90",
                "min_of(step(), 1m)",
                "(range() / 2)");
    String at =
        " @ " + one("start()", "end()", "1735700000", "1735693333.5", "1735689600", "-1", "1e10");
    return switch (random.nextInt(4)) {
      case 0 -> at;
      case 1 -> at + offset;
      case 2 -> offset + at;
      default -> offset;
    };
  }

  private String matrix(int depth, String function) {
    if (depth > 1 && chance(4)) {
      return vectorFor(depth - 1)
          + "["
          + one("5m", "10m", "30m", "1h", "step() * 3 + 1m", "7m30s")
          + ":"
          + one("", "1m", "37s", "5m", "2h", "max_of(step(), 30s)")
          + "]"
          + modifiers();
    }
    String mode = "";
    if (chance(6) && RANGED.contains(function)) {
      mode = one(" anchored", " smoothed");
    } else if (chance(8) && (function.equals("resets") || function.equals("changes"))) {
      mode = " anchored";
    } else if (chance(60)) {
      // Most functions refuse a modifier.
      mode = one(" anchored", " smoothed");
    }
    String matrix = selector() + "[" + one(WIDTHS) + "]" + modifiers() + mode;
    return chance(30) && !function.isEmpty() ? "(" + matrix + ")" : matrix;
  }

  /// A vector that a subquery or an operator may follow.
  private String vectorFor(int depth) {
    return depth <= 0 ? selector() : "(" + vector(depth) + ")";
  }

  private String scalar(int depth) {
    if (depth <= 0 || chance(2)) {
      return one(NUMBERS);
    }
    return switch (random.nextInt(8)) {
      case 0 -> "scalar(" + vector(depth - 1) + ")";
      case 1 -> one("time()", "pi()", "start()", "end()", "step()", "range()");
      case 2 -> one("min_of", "max_of") + "(" + scalar(depth - 1) + ", " + scalar(depth - 1) + ")";
      case 3 -> one("-", "+") + "(" + scalar(depth - 1) + ")";
      case 4 -> "(" + scalar(depth - 1) + " " + comparison() + " bool " + scalar(depth - 1) + ")";
      default -> "(" + scalar(depth - 1) + " " + arithmetic() + " " + scalar(depth - 1) + ")";
    };
  }

  private String arithmetic() {
    return one("+", "-", "*", "/", "%", "+", "-", "*", "/", "%", "^", "atan2");
  }

  private String comparison() {
    return one("==", "!=", "<", "<=", ">", ">=");
  }

  private String vector(int depth) {
    if (depth <= 0) {
      String mode = chance(20) ? " smoothed" : "";
      return selector() + modifiers() + mode;
    }
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> aggregation(depth);
      case 3, 4 -> binary(depth);
      case 5 -> chance(3) ? one("-", "-", "+") + vectorFor(depth - 1) : selector() + modifiers();
      default -> call(depth);
    };
  }

  private String aggregation(int depth) {
    String op =
        one(
            "sum",
            "avg",
            "min",
            "max",
            "count",
            "group",
            "stddev",
            "stdvar",
            "quantile",
            "topk",
            "bottomk",
            "limitk",
            "limit_ratio",
            "count_values",
            "sum",
            "avg");
    String clause =
        chance(3)
            ? ""
            : one(" by (", " without (")
                + one("", one(LABELS), one(LABELS) + ", " + one(LABELS))
                + ") ";
    String param =
        switch (op) {
          case "quantile" -> one("0.5", "0.9", "-1", "2", scalar(1)) + ", ";
          case "topk", "bottomk", "limitk" -> one("1", "2", "3", "0", scalar(1)) + ", ";
          case "limit_ratio" -> one("0.5", "-0.5", "0.1", "1", "-2", scalar(1)) + ", ";
          case "count_values" -> "\"" + one("value", "dc_id", "x y", "__name__") + "\", ";
          default -> "";
        };
    String operands = "(" + param + vector(depth - 1) + ")";
    return chance(4) ? op + operands + clause : op + clause + operands;
  }

  private String binary(int depth) {
    if (chance(3)) {
      String op =
          chance(3)
              ? comparison() + (chance(2) ? " bool" : "")
              : chance(8) ? one("</", ">/") : arithmetic();
      return chance(2)
          ? vectorFor(depth - 1) + " " + op + " " + scalar(1)
          : scalar(1) + " " + op + " " + vectorFor(depth - 1);
    }
    String on =
        chance(3)
            ? ""
            : " "
                + one("on", "ignoring")
                + " ("
                + one("dc_id", "job", "code, le", "", "dc_id, __name__", "dc_id, job, instance")
                + ")";
    String op;
    if (chance(4)) {
      op = one("and", "or", "unless") + on;
    } else {
      boolean compares = chance(3);
      op = compares ? comparison() + (chance(2) ? " bool" : "") : arithmetic();
      op += on;
      if (!on.isEmpty() && chance(3)) {
        op +=
            " "
                + one("group_left", "group_right")
                + one("", "()", " (sensor)", " (pool)", " (code, __name__)");
      }
      if (chance(8)) {
        op +=
            " " + one("fill(0)", "fill_left(1)", "fill_right(-2)", "fill_left(3) fill_right(NaN)");
      }
    }
    if (chance(12)) {
      // One of them loses its name, perhaps at other steps.
      String same = selector();
      String changed =
          one("rate(" + same + "[" + one(WIDTHS) + "])", "-" + same, "abs(" + same + ")");
      String kept = same + one("", " > 1", " != 0");
      return chance(2) ? changed + " or " + kept : kept + " or " + changed;
    }
    String left = vectorFor(depth - 1);
    return left + " " + op + " " + (chance(3) ? left : vectorFor(depth - 1));
  }

  private String call(int depth) {
    Function f = Function.values().get(random.nextInt(Function.values().size()));
    return switch (f) {
      case ScalarFunction _ -> "vector(" + scalar(depth) + ")";
      case RangeVectorFunction.DOUBLE_EXPONENTIAL_SMOOTHING ->
          f.text()
              + "("
              + matrix(depth, f.text())
              + ", "
              + one("0.3", "0.3", "0.5", scalar(1))
              + ", "
              + one("0.6", "0.1", "2")
              + ")";
      case VectorFunction v -> call(v, depth);
      case HistogramFunction h -> histogramCall(h, depth);
      case FloatFunction _, DateFunction _, RangeVectorFunction _ -> plainCall(f, depth);
    };
  }

  /// Often over what reads count and sum alone: rates, sums, differences, negations.
  private String histogramCall(HistogramFunction f, int depth) {
    if (!chance(2)) {
      return plainCall(f, depth);
    }
    String function = one(RANGED);
    String vector =
        chance(2) ? function + "(" + matrix(1, function) + ")" : selector() + modifiers();
    String inner =
        switch (random.nextInt(6)) {
          case 0 ->
              one("sum", "avg") + one(" (", " by (job) (", " without (dc_id) (") + vector + ")";
          case 1 -> "-" + vector;
          case 2 -> vector + " " + one("+", "-", "*", "/") + " " + one(vector, scalar(1));
          case 3 -> vector + " " + one("+", "-", "or") + " on (dc_id) group_left " + selector();
          default -> vector;
        };
    // "group_left" does not belong to set operators.
    return f.text() + "(" + inner.replace("or on (dc_id) group_left", "or on (dc_id)") + ")";
  }

  private String call(VectorFunction f, int depth) {
    return switch (f) {
      case LABEL_REPLACE ->
          "label_replace("
              + vector(depth - 1)
              + ", \""
              + one("dc_id", "new", "job", "__name__")
              + "\", \""
              + one("a$1", "", "$0", "x", "${1}b", "$name")
              + "\", \""
              + one(LABELS)
              + "\", \""
              + one("(.*)", "(.).*", "1", "nothing", "(?P<name>.+)", "[0-9]+", "")
              + "\")";
      case LABEL_JOIN ->
          "label_join("
              + vector(depth - 1)
              + one(
                  ", \"new\", \"-\", \"dc_id\", \"job\")",
                  ", \"dc_id\", \"\", \"job\")",
                  ", \"job\", \"x\")",
                  ", \"__name__\", \"_\", \"__name__\", \"dc_id\")");
      case HISTOGRAM_QUANTILES ->
          "histogram_quantiles(" + vector(depth - 1) + ", \"q\", 0.1, " + one(NUMBERS) + ")";
      case SORT_BY_LABEL, SORT_BY_LABEL_DESC ->
          f.text() + "(" + vector(depth - 1) + ", \"" + one(LABELS) + "\")";
      case INFO ->
          "info("
              + vector(depth - 1)
              + one(
                  "",
                  "",
                  ", {job=~\".+\"}",
                  ", {__name__=\"" + one(names) + "\"}",
                  ", {sensor!=\"\"}")
              + ")";
      case ABSENT,
          ABSENT_OVER_TIME,
          CLAMP,
          CLAMP_MAX,
          CLAMP_MIN,
          HISTOGRAM_FRACTION,
          HISTOGRAM_QUANTILE,
          ROUND,
          SORT,
          SORT_DESC,
          START_TIMESTAMP,
          TIMESTAMP,
          VECTOR ->
          plainCall(f, depth);
    };
  }

  /// A call with random arguments of the right types.
  private String plainCall(Function f, int depth) {
    List<String> args = new ArrayList<>();
    for (ValueType type : f.arguments()) {
      if (f.variadic() > 0 && args.size() == f.arguments().size() - 1 && chance(4)) {
        break;
      }
      args.add(
          switch (type) {
            case VECTOR -> vector(depth - 1);
            case MATRIX -> matrix(depth, f.text());
            case SCALAR -> chance(2) ? one("0.5", "0.9", "1", "2") : scalar(1);
            case STRING -> "\"dc_id\"";
          });
    }
    return f.text() + "(" + String.join(", ", args) + ")";
  }
}
