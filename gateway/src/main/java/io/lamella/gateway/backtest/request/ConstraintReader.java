package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Constraint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the constraints of a request, and the alerting rules of groups in the form of Prometheus'
/// rule files, which are constraints as well.
final class ConstraintReader {
  private final List<Constraint> out = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private final Map<String, Integer> alike = new HashMap<>();

  private ConstraintReader() {}

  /// Those of `constraints`, then those of `groups`, in their order.
  static List<Constraint> constraints(Field.Members request) {
    ConstraintReader reader = new ConstraintReader();
    for (Field f : request.elements("constraints")) {
      reader.addConstraint(f.asMembers());
    }
    reader.addGroups(request);
    if (reader.out.isEmpty()) {
      throw new BacktestException(request.pathOf("constraints"), "there are none");
    }
    return reader.out;
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
    Set<String> groups = new HashSet<>();
    for (Field f : request.elements("groups")) {
      Field.Members group = f.asMembers();
      String name = group.required("name");
      if (!groups.add(name)) {
        throw new BacktestException(
            group.pathOf("name"), "\"" + name + "\" is the name of another group, too");
      }
      // These say when Prometheus evaluates; a backtest does so at its own steps.
      group.text("interval").ifPresent(t -> BacktestReader.duration(t, group.pathOf("interval")));
      group.text("limit");
      group.text("partial_response_strategy");
      noOffset(group);
      String severity = severity(group, "");
      for (Field rule : group.elements("rules")) {
        addRule(rule.asMembers(), severity);
      }
      group.end();
    }
  }

  private static void noOffset(Field.Members group) {
    String path = group.pathOf("query_offset");
    boolean isNone =
        group.text("query_offset").map(t -> BacktestReader.duration(t, path) == 0).orElse(true);
    if (!isNone) {
      throw new BacktestException(path, "is not supported; put an offset into the expressions");
    }
  }

  private static String severity(Field.Members f, String otherwise) {
    return f.members("labels").map(l -> texts(l).text("severity", otherwise)).orElse(otherwise);
  }

  private static Field.Members texts(Field.Members all) {
    all.names().forEach(all::text);
    return all;
  }

  private void addRule(Field.Members rule, String severity) {
    if (rule.names().contains("record")) {
      throw new BacktestException(
          rule.pathOf("record"),
          "recording rule \""
              + rule.text("record", "")
              + "\" is not supported; put its expression into the alerts that use it");
    }
    Constraint c =
        new Constraint(
            rule.path(),
            unique(rule.required("alert")),
            rule.required("expr"),
            new Constraint.Timing(
                rule.text("for", "0s"), rule.text("keep_firing_for", "0s"), "0s", "0s"),
            severity(rule, severity),
            Constraint.OnNoData.UNKNOWN);
    rule.members("annotations").ifPresent(ConstraintReader::texts);
    rule.end();
    out.add(c);
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
