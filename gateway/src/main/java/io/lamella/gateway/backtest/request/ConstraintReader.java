package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.RecordingRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the constraints of a request, and its groups of rules, whose alerts are constraints as
/// well.
final class ConstraintReader {
  private final List<Constraint> out = new ArrayList<>();
  private final List<RecordingRule> recordingRules = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> alike = new HashMap<>();

  private ConstraintReader() {}

  /// Reads `constraints` and `groups`.
  static ConstraintReader read(Field.Members request) {
    ConstraintReader reader = new ConstraintReader();
    for (Field f : request.elements("constraints")) {
      reader.addConstraint(f.asMembers());
    }
    reader.addGroups(request);
    if (reader.out.isEmpty()) {
      throw new BacktestException(request.pathOf("constraints"), "there are none");
    }
    return reader;
  }

  /// Those of `constraints`, then the alerts of `groups`, in their order.
  List<Constraint> constraints() {
    return out;
  }

  /// In the order of the request.
  List<RecordingRule> recordingRules() {
    return recordingRules;
  }

  private void addConstraint(Field.Members f) {
    Constraint c =
        new Constraint(
            f.path(),
            f.required("name"),
            f.required("expr"),
            new Constraint.Timing(
                f.text("for", "0s"),
                f.text("keep_firing_for", "0s"),
                f.text("lead", "0s"),
                f.text("lag", "0s")),
            f.text("severity", ""),
            onNoData(f));
    f.end();
    if (!names.add(c.name())) {
      throw new BacktestException(
          f.pathOf("name"), "\"" + c.name() + "\" is the name of another constraint, too");
    }
    out.add(c);
  }

  private static Constraint.OnNoData onNoData(Field.Members f) {
    String text = f.text("on_no_data", "unknown");
    return switch (text) {
      case "ok" -> Constraint.OnNoData.OK;
      case "conflict" -> Constraint.OnNoData.CONFLICT;
      case "unknown" -> Constraint.OnNoData.UNKNOWN;
      default ->
          throw new BacktestException(
              f.pathOf("on_no_data"), "\"" + text + "\" is not one of ok, conflict, unknown");
    };
  }

  private void addGroups(Field.Members request) {
    RuleGroupReader groups = new RuleGroupReader();
    for (Field f : request.elements("groups")) {
      groups.add(f.asMembers());
    }
    for (Constraint c : groups.alerts()) {
      out.add(
          new Constraint(
              c.path(),
              unique(c.name()),
              c.expr(),
              c.timing(),
              c.severity(),
              c.onNoData(),
              c.labels()));
    }
    recordingRules.addAll(groups.recordingRules());
  }

  /// Alerts may share a name; the second becomes `name#2`.
  private String unique(String name) {
    String free = name;
    while (!names.add(free)) {
      free = name + "#" + alike.merge(name, 2, (n, _) -> n + 1);
    }
    return free;
  }
}
