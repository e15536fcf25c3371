package io.lamella.promql.differential;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.ParseException;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.ast.AggregateOp;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.FloatFunction;
import io.lamella.promql.ast.RangeVectorFunction;
import io.lamella.promql.ast.VectorFunction;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Where Prometheus 3.15 does not do what its language defines, and we do. Each one is bound to a
/// shape of expression, and where possible to the messages of the two engines.
enum KnownDifference {
  /// `timestamp(m @ T offset O)`: Prometheus overwrites the selector's offset with the distance to
  /// T, so O is lost.
  OFFSET_BESIDE_AT_IN_TIMESTAMP {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      return any(
          e,
          n ->
              n instanceof Expr.Call c
                  && (c.function() == VectorFunction.TIMESTAMP
                      || c.function() == VectorFunction.START_TIMESTAMP)
                  && Expr.unwrap(c.args().getFirst()) instanceof Expr.VectorSelector v
                  && v.at() != null
                  && v.offset() != null);
    }
  },

  /// `topk(scalar(m @ T), x)`: Prometheus prepares only the operand of an aggregation, so that in
  /// its parameter `@ start()` and `@ end()` do nothing and `@ T` holds at the first step only.
  AT_IN_PARAMETER {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      return any(
          e,
          n ->
              n instanceof Expr.Aggregation a
                  && a.param() != null
                  && any(a.param(), KnownDifference::hasAt));
    }
  },

  /// `predict_linear(x[1h:] @ T, 60)`: Prometheus evaluates the subquery beyond T, for the length
  /// of the query, and adds the annotations from there.
  SUBQUERY_BEYOND_AT {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      return !difference.startsWith("failed")
          && any(
              e,
              n ->
                  n instanceof Expr.Call c
                      && c.function() == RangeVectorFunction.PREDICT_LINEAR
                      && Expr.unwrap(c.args().getFirst()) instanceof Expr.Subquery s
                      && s.at() != null);
    }
  },

  /// `absent(x{a!="",a="1"})`: whether the result has the label `a` depends on the order of the
  /// matchers, which Prometheus' storage changes, but only where a block is in the range of time.
  /// We always change it.
  ABSENT_WITHOUT_BLOCKS {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      return (difference.startsWith("want series") || difference.startsWith("series"))
          && any(e, n -> n instanceof Expr.Call c && isAbsent(c) && repeatsLabel(c));
    }

    private boolean isAbsent(Expr.Call c) {
      return c.function() == VectorFunction.ABSENT
          || c.function() == VectorFunction.ABSENT_OVER_TIME;
    }

    private boolean repeatsLabel(Expr.Call c) {
      Set<String> labels = new HashSet<>();
      Expr of = Expr.unwrap(c.args().getFirst());
      return any(
          of instanceof Expr.MatrixSelector m ? m.selector() : of,
          n ->
              n instanceof Expr.VectorSelector v
                  && v.matchers().stream().anyMatch(x -> !labels.add(x.name())));
    }
  },

  /// `sort_by_label(x, "a")` where some series have no label `a`: Prometheus' comparison finds the
  /// empty value neither before nor after any other one, so that its order depends on the sorting
  /// algorithm. We sort the empty value first.
  MISSING_SORT_LABEL {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      return difference.startsWith("order:")
          && Expr.unwrap(e) instanceof Expr.Call c
          && c.args().stream()
              .skip(1)
              .anyMatch(label ->
                  Expr.unwrap(label) instanceof Expr.StringLiteral l
                      && isMissing(l.value(), answer));
    }

    private boolean isMissing(String label, JsonNode answer) {
      for (JsonNode element : answer.path("result")) {
        if (!element.get("metric").has(label)) {
          return true;
        }
      }
      return false;
    }
  },

  /// `-{__name__=~…}` and, with delayed names, all functions that drop names, over floats and
  /// histograms of equal labels: Prometheus merges them to a series with two samples at one time.
  /// We fail, as both do for two floats.
  TWO_SAMPLES_AT_ONE_TIME {
    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      boolean severalNames =
          any(e, n -> n instanceof Expr.VectorSelector v && v.name().isEmpty() && !hasOneName(v));
      String refused = "vector cannot contain metrics with the same labelset";
      return difference.equals("failed: " + refused) && (hasTwoSamples(answer) || severalNames)
          // Prometheus continued and failed elsewhere.
          || difference.startsWith("error: want ")
              && difference.endsWith("got " + refused)
              && severalNames;
    }

    private boolean hasOneName(Expr.VectorSelector v) {
      return v.matchers().stream()
          .anyMatch(m -> m.name().equals(Labels.METRIC_NAME) && m.type() == Matcher.Type.EQUAL);
    }
  },

  /// `ln(5e-324)`, `log2`, `log10`: Prometheus takes subnormal numbers for greater ones on 64-bit
  /// x86.
  LOGARITHM_OF_SUBNORMAL {
    private static final Pattern VALUES =
        Pattern.compile(".* want (-\\d+\\.?\\d*) got (-\\d+\\.?\\d*)");

    @Override
    boolean explains(Expr e, JsonNode answer, String difference, String nearly) {
      java.util.regex.Matcher m = VALUES.matcher(difference);
      return m.matches()
          && any(
              e,
              n ->
                  n instanceof Expr.Call c
                      && c.function() instanceof FloatFunction f
                      && switch (f) {
                        case LN -> isSubnormal(m, 1);
                        case LOG2 -> isSubnormal(m, Math.log(2));
                        case LOG10 -> isSubnormal(m, Math.log(10));
                        default -> false;
                      });
    }

    /// Whether ours is the logarithm of a subnormal number, and theirs of one near the smallest
    /// normal number.
    private boolean isSubnormal(java.util.regex.Matcher values, double base) {
      double want = Double.parseDouble(values.group(1)) * base;
      double got = Double.parseDouble(values.group(2)) * base;
      return got < Math.log(Double.MIN_NORMAL)
          && got >= Math.log(Double.MIN_VALUE) - 1e-9
          && Math.abs(want - Math.log(Double.MIN_NORMAL)) < 1;
    }
  };

  private static final PromqlEngine ENGINE =
      new PromqlEngine(
          new EngineOptions(
              Duration.ofMinutes(5),
              Duration.ofMinutes(2),
              1_000,
              Duration.ofMinutes(1),
              EnumSet.allOf(Feature.class)));

  abstract boolean explains(Expr e, JsonNode answer, String difference, String nearly);

  /// @param difference the difference of our result
  /// @param nearly the difference with a tolerance of 1e-9
  static Optional<String> explain(JsonNode answer, String difference, String nearly) {
    Expr e;
    try {
      e = ENGINE.parse(answer.get("query").asString());
    } catch (ParseException unexplained) {
      return Optional.empty();
    }
    for (KnownDifference known : values()) {
      if (known.explains(e, answer, difference, nearly)) {
        return Optional.of(known.name());
      }
    }
    return Optional.empty();
  }

  /// True where the selection among equal values is arbitrary.
  static boolean hasTies(JsonNode answer) {
    return any(
        ENGINE.parse(answer.get("query").asString()),
        n ->
            n instanceof Expr.Aggregation a
                && switch (a.op()) {
                  case TOPK, BOTTOMK, LIMITK -> true;
                  default -> false;
                });
  }

  /// True where `count_values` shows sums or averages, whose last digits depend on the order of
  /// series.
  static boolean countsSums(JsonNode answer) {
    return any(
        ENGINE.parse(answer.get("query").asString()),
        n ->
            n instanceof Expr.Aggregation a
                && a.op() == AggregateOp.COUNT_VALUES
                && any(a.inner(), KnownDifference::isSum));
  }

  private static boolean isSum(Expr e) {
    return e instanceof Expr.Aggregation a
        && switch (a.op()) {
          case SUM, AVG, STDDEV, STDVAR -> true;
          default -> false;
        };
  }

  /// True where a series has a float and a histogram at one time.
  private static boolean hasTwoSamples(JsonNode answer) {
    for (JsonNode series : answer.path("result")) {
      Set<String> times = new HashSet<>();
      series.path("values").forEach(v -> times.add(v.get(0).asString()));
      for (JsonNode h : series.path("histograms")) {
        if (times.contains(h.get(0).asString())) {
          return true;
        }
      }
    }
    return false;
  }

  /// True where both engines found two series of one group, but not the same two.
  static boolean namesOthers(String difference) {
    String duplicate = "found duplicate series for the match group ";
    return difference.startsWith("error: want " + duplicate)
        && difference.contains("got " + duplicate);
  }

  private static boolean hasAt(Expr e) {
    return e instanceof Expr.VectorSelector v && v.at() != null
        || e instanceof Expr.Subquery s && s.at() != null;
  }

  /// True where the test holds somewhere in an expression.
  private static boolean any(Expr e, Predicate<Expr> test) {
    return test.test(e)
        || switch (e) {
          case Expr.Paren p -> any(p.inner(), test);
          case Expr.Unary u -> any(u.inner(), test);
          case Expr.Binary b -> any(b.left(), test) || any(b.right(), test);
          case Expr.Aggregation a ->
              a.param() != null && any(a.param(), test) || any(a.inner(), test);
          case Expr.Call c -> c.args().stream().anyMatch(x -> any(x, test));
          case Expr.MatrixSelector m -> any(m.selector(), test);
          case Expr.Subquery s -> any(s.inner(), test);
          case Expr.VectorSelector _, Expr.NumberLiteral _, Expr.StringLiteral _ -> false;
        };
  }
}
