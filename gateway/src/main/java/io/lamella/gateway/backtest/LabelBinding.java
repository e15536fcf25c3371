package io.lamella.gateway.backtest;

import io.lamella.model.Matcher;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.plan.MatcherRewrite;
import io.lamella.promql.plan.SelectorReach;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Puts the labels of a window into an expression: a matcher whose whole value is `$name` gets the
/// values of that label. This happens in the syntax tree, so that no value is ever read as PromQL.
final class LabelBinding {
  private static final Pattern VARIABLE = Pattern.compile("\\$([a-zA-Z_][a-zA-Z0-9_]*)");
  private static final String SPECIAL = "\\.+*?()|[]{}^$";

  private LabelBinding() {}

  /// The label of a window that a matcher asks for.
  private static Optional<String> variable(Matcher m) {
    java.util.regex.Matcher found = VARIABLE.matcher(m.value());
    return found.matches() ? Optional.of(found.group(1)) : Optional.empty();
  }

  /// The labels of a window that an expression asks for.
  static Set<String> names(Expr e) {
    Set<String> out = new TreeSet<>();
    selectors(e).forEach(s -> s.forEach(m -> variable(m).ifPresent(out::add)));
    return out;
  }

  /// The matchers of each selector of an expression.
  static List<List<Matcher>> selectors(Expr e) {
    List<List<Matcher>> out = new ArrayList<>();
    MatcherRewrite.of(
        e,
        matchers -> {
          out.add(matchers);
          return matchers;
        });
    return out;
  }

  /// The expression for some values.
  ///
  /// @param values of each label that it asks for; several match like alternatives
  static Expr bind(Expr e, Map<String, List<String>> values) {
    return MatcherRewrite.of(e, matchers -> bound(matchers, values));
  }

  /// The reaches of selectors, for some values.
  static List<SelectorReach> bind(List<SelectorReach> reaches, Map<String, List<String>> values) {
    return reaches.stream().map(r -> r.withMatchers(bound(r.matchers(), values))).toList();
  }

  private static List<Matcher> bound(List<Matcher> matchers, Map<String, List<String>> values) {
    List<Matcher> out = new ArrayList<>();
    for (Matcher m : matchers) {
      out.add(variable(m).map(name -> bound(m, values.getOrDefault(name, List.of()))).orElse(m));
    }
    return out;
  }

  private static Matcher bound(Matcher m, List<String> values) {
    boolean negative = m.type().isNegative();
    if (values.size() == 1) {
      return Matcher.of(
          negative ? Matcher.Type.NOT_EQUAL : Matcher.Type.EQUAL, m.name(), values.getFirst());
    }
    List<String> quoted = values.stream().map(LabelBinding::quoted).toList();
    return Matcher.of(
        negative ? Matcher.Type.NOT_REGEX : Matcher.Type.REGEX, m.name(), String.join("|", quoted));
  }

  private static String quoted(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      if (SPECIAL.indexOf(value.charAt(i)) >= 0) {
        out.append('\\');
      }
      out.append(value.charAt(i));
    }
    return out.toString();
  }
}
