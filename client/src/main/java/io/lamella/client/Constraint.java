package io.lamella.client;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What must not happen in a window: an expression that returns something exactly when a rule is
/// violated, like that of an alert.
///
/// @param name unique within a request
/// @param expr PromQL of type instant vector
/// @param fields more fields of the request by their names, such as `for` or `severity`
public record Constraint(String name, String expr, Map<String, String> fields) {
  /// The verdict where no selector finds a sample.
  public enum OnNoData {
    OK,
    CONFLICT,
    UNKNOWN
  }

  public Constraint {
    fields = Map.copyOf(fields);
  }

  public Constraint(String name, String expr) {
    this(name, expr, Map.of());
  }

  /// How long a series must be there before it counts (`for`).
  public Constraint withFor(Duration hold) {
    return with("for", Durations.text(hold));
  }

  /// How long a series counts after it is gone (`keep_firing_for`).
  public Constraint withKeepFiringFor(Duration keep) {
    return with("keep_firing_for", Durations.text(keep));
  }

  /// How long before the window's start the constraint is judged.
  public Constraint withLead(Duration lead) {
    return with("lead", Durations.text(lead));
  }

  /// How long after the window's end the constraint is judged.
  public Constraint withLag(Duration lag) {
    return with("lag", Durations.text(lag));
  }

  /// Shown in reports.
  public Constraint withSeverity(String severity) {
    return with("severity", severity);
  }

  public Constraint withOnNoData(OnNoData verdict) {
    return with("on_no_data", verdict.name().toLowerCase(Locale.ROOT));
  }

  /// The same with a field as a text, such as `for` of `$hold`, a parameter of the sweep.
  public Constraint with(String field, String text) {
    Map<String, String> more = new TreeMap<>(fields);
    more.put(field, text);
    return new Constraint(name, expr, more);
  }
}
