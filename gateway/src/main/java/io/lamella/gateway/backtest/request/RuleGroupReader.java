package io.lamella.gateway.backtest.request;

import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.RecordingRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads groups of rules in the form of Prometheus' rule files.
final class RuleGroupReader {
  /// Prometheus' `evaluation_interval` by default, for groups that do not state their own.
  private static final long DEFAULT_INTERVAL_MILLIS = 60_000;

  /// A value with a template of Go is not evaluated; alerts keep the label of the series.
  private static final String TEMPLATE = "{{";

  private final Set<String> names = new HashSet<>();
  private final List<Constraint> alerts = new ArrayList<>();
  private final List<RecordingRule> recordingRules = new ArrayList<>();

  /// Reads the next group.
  void add(Field.Members f) {
    String name = f.required("name");
    if (!names.add(name)) {
      throw new BacktestException(
          f.pathOf("name"), "\"" + name + "\" is the name of another group, too");
    }
    long interval =
        f.text("interval").map(t -> BacktestReader.duration(t, f.pathOf("interval"))).orElse(0L);
    RecordingRule.Group group =
        new RecordingRule.Group(
            names.size(),
            interval == 0 ? DEFAULT_INTERVAL_MILLIS : interval,
            f.text("query_offset")
                .map(t -> BacktestReader.duration(t, f.pathOf("query_offset")))
                .orElse(0L),
            limit(f));
    f.text("partial_response_strategy");
    SortedMap<String, String> labels = labels(f, new TreeMap<>());
    for (Field rule : f.elements("rules")) {
      Field.Members r = rule.asMembers();
      if (r.names().contains("record")) {
        addRecordingRule(r, labels, group);
      } else {
        addAlert(r, labels);
      }
      r.end();
    }
    f.end();
  }

  /// The alerting rules, in order. Several may share a name.
  List<Constraint> alerts() {
    return alerts;
  }

  List<RecordingRule> recordingRules() {
    return recordingRules;
  }

  private static long limit(Field.Members group) {
    String text = group.text("limit", "0");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BacktestException(group.pathOf("limit"), "is not a whole number: \"" + text + "\"");
    }
  }

  private static SortedMap<String, String> labels(
      Field.Members of, SortedMap<String, String> outer) {
    SortedMap<String, String> out = new TreeMap<>(outer);
    of.members("labels")
        .ifPresent(labels -> {
          for (String name : labels.names()) {
            if (name.isEmpty() || name.equals("__name__")) {
              throw new BacktestException(labels.pathOf(name), "is not a name for a label");
            }
            out.put(name, labels.text(name, ""));
          }
        });
    return out;
  }

  private void addRecordingRule(
      Field.Members f, SortedMap<String, String> outer, RecordingRule.Group group) {
    for (String ofAlerts : List.of("alert", "for", "keep_firing_for", "annotations")) {
      if (f.names().contains(ofAlerts)) {
        throw new BacktestException(f.pathOf(ofAlerts), "is not for recording rules");
      }
    }
    String name = f.required("record");
    if (name.contains("{") || name.contains("}")) {
      throw new BacktestException(
          f.pathOf("record"), "is not a name for a metric: \"" + name + "\"");
    }
    recordingRules.add(
        new RecordingRule(f.path(), name, f.required("expr"), labels(f, outer), group));
  }

  private void addAlert(Field.Members f, SortedMap<String, String> outer) {
    SortedMap<String, String> labels = labels(f, outer);
    String name = f.required("alert");
    SortedMap<String, String> ofAlerts = new TreeMap<>(labels);
    ofAlerts.values().removeIf(v -> v.contains(TEMPLATE));
    ofAlerts.put("alertname", name);
    alerts.add(
        new Constraint(
            f.path(),
            name,
            f.required("expr"),
            new Constraint.Timing(f.text("for", "0s"), f.text("keep_firing_for", "0s"), "0s", "0s"),
            labels.getOrDefault("severity", ""),
            Constraint.OnNoData.UNKNOWN,
            ofAlerts));
    f.members("annotations").ifPresent(a -> a.names().forEach(a::text));
  }
}
