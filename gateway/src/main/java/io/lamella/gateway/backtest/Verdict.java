package io.lamella.gateway.backtest;

import io.lamella.model.Labels;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one constraint says about one window.
///
/// @param window the window's id
/// @param shiftMillis how far before its own time the window was judged
/// @param constraint the constraint's name
/// @param parameters of the sweep that the constraint uses
/// @param violation where the outcome is [Outcome#CONFLICT] and not for lack of data
/// @param error where the outcome is [Outcome#ERROR]
/// @param evidence a query that shows the same; empty where there is none
public record Verdict(
    String window,
    long shiftMillis,
    String constraint,
    SortedMap<String, String> parameters,
    Outcome outcome,
    Optional<Violation> violation,
    Optional<String> error,
    Optional<Evidence> evidence) {
  /// The four verdicts.
  public enum Outcome {
    OK("ok"),
    CONFLICT("conflict"),
    NO_DATA("no_data"),
    ERROR("error");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// When and how a constraint is violated; times are those of evaluation.
  ///
  /// @param totalMillis the number of steps with a violation, times the step
  /// @param longestMillis the same of the longest run of such steps
  /// @param worst the value farthest from where the constraint holds: the least where it returns
  ///   values below a limit, else the greatest
  /// @param series the number of offending series
  /// @param top the most offending series, by their time, then by their labels
  public record Violation(
      long firstMillis,
      long lastMillis,
      long totalMillis,
      long longestMillis,
      double worst,
      int series,
      List<OffendingSeries> top) {
    /// A violation of which no more than its first step is known.
    public static Violation firstAt(long millis) {
      return new Violation(millis, millis, 0, 0, Double.NaN, 0, List.of());
    }

    /// False where only the first step is known; the other fields tell nothing then.
    public boolean isWhole() {
      return series > 0;
    }
  }

  /// A series that violates a constraint.
  ///
  /// @param values where they were asked for
  public record OffendingSeries(
      Labels labels,
      long firstMillis,
      long lastMillis,
      long totalMillis,
      double worst,
      Optional<Values> values) {}

  /// The values of a series at even distances in a window. Where a distance covers several steps,
  /// it is the one farthest from where the constraint holds.
  ///
  /// @param values NaN where the expression has no element
  public record Values(long startMillis, long distanceMillis, List<Double> values) {
    public Values {
      values = List.copyOf(values);
    }
  }

  /// A range query.
  public record Evidence(String query, long startMillis, long endMillis, long stepMillis) {}

  /// The same with a query that shows it.
  Verdict with(Optional<Evidence> shown) {
    return new Verdict(
        window, shiftMillis, constraint, parameters, outcome, violation, error, shown);
  }

  public Verdict {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }
}
