package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import io.lamella.model.LabelsBuilder;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.TextRange;
import io.lamella.promql.ast.VectorFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The labels by which Prometheus knows the alerts of a rule: those of the series without the name
/// of the metric, and those that the rule sets. So series of several metrics may be one alert, one
/// after another; at the same time they are an error.
///
/// That is rare, and to find it takes memory for all series. Therefore series are first only
/// watched: as long as each label that alerts do not take from the series has one value in all of
/// them, different series are different alerts.
final class AlertLabels {
  private final SortedMap<String, String> set = new TreeMap<>();
  private final Map<String, String> seen = new HashMap<>();
  private boolean mayBeEqual;

  AlertLabels(Rule rule) {
    set.put(Labels.METRIC_NAME, "");
    set.putAll(rule.constraint().labels());
  }

  /// Those of the alert of a series.
  static Labels of(Rule rule, Labels series) {
    LabelsBuilder b = series.toBuilder();
    b.remove(Labels.METRIC_NAME);
    rule.constraint().labels().forEach(b::set);
    return b.build();
  }

  /// Notes a series. False where its alert may be that of a series before.
  boolean areNew(Labels series) {
    for (String name : set.keySet()) {
      String value = series.value(name);
      String before = seen.putIfAbsent(name, value);
      mayBeEqual |= before != null && !before.equals(value);
    }
    return !mayBeEqual;
  }

  /// True where some series may be the same alert.
  boolean mayBeEqual() {
    return mayBeEqual;
  }

  /// An expression whose series have the labels of alerts.
  Expr applied(Expr e) {
    Expr out = e;
    for (Map.Entry<String, String> l : set.entrySet()) {
      out =
          new Expr.Call(
              VectorFunction.LABEL_REPLACE,
              List.of(
                  out, text(l.getKey()), text(l.getValue().replace("$", "$$")), text(""), text("")),
              TextRange.NONE);
    }
    return out;
  }

  private static Expr text(String value) {
    return new Expr.StringLiteral(value, TextRange.NONE);
  }
}
