package io.lamella.gateway.backtest;

import io.lamella.promql.QueryParameters;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A rule that holds where its expression returns nothing, like that of an alert.
///
/// @param path where the request has it, such as `constraints[2]`, for errors
/// @param name unique within a backtest
/// @param expr PromQL of type instant vector; `$name` as the whole value of a matcher is a label of
///   the window, elsewhere a parameter of the sweep
/// @param timing durations, each as text: a parameter of the sweep may stand for it
/// @param severity free text, empty for none
/// @param onNoData the verdict where no selector finds a sample
/// @param labels that its alerts get instead of those of the series
public record Constraint(
    String path,
    String name,
    String expr,
    Timing timing,
    String severity,
    OnNoData onNoData,
    SortedMap<String, String> labels) {
  public Constraint {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /// A constraint that sets no labels.
  public Constraint(
      String path, String name, String expr, Timing timing, String severity, OnNoData onNoData) {
    this(path, name, expr, timing, severity, onNoData, new TreeMap<>());
  }

  /// The parameters of the sweep that it uses.
  public Set<String> parameters() {
    Set<String> out = new TreeSet<>(QueryParameters.names(expr));
    for (String text : List.of(timing.hold(), timing.keepFiring(), timing.lead(), timing.lag())) {
      if (text.startsWith("$")) {
        out.add(text.substring(1));
      }
    }
    return out;
  }

  /// The durations of a constraint, as written: `5m`, or `$name` for a parameter; `0s` for none.
  ///
  /// @param hold how long a series must be there before it counts (`for`)
  /// @param keepFiring how long it counts after it is gone
  /// @param lead how long before the window's start the constraint is judged
  /// @param lag how long after its end
  public record Timing(String hold, String keepFiring, String lead, String lag) {
    public static final Timing NONE = new Timing("0s", "0s", "0s", "0s");
  }

  /// The verdict on a window without any data.
  public enum OnNoData {
    /// The window is in order.
    OK,
    /// The window is in conflict.
    CONFLICT,
    /// The verdict is that there is no data.
    UNKNOWN
  }
}
