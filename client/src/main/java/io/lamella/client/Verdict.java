package io.lamella.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one constraint says about one window.
///
/// @param window the window's id
/// @param shift how far before its own time the window was judged
/// @param constraint the constraint's name
/// @param parameters of the sweep that the constraint uses
/// @param violation where the outcome is a conflict, and not for lack of data
/// @param error where the outcome is an error
/// @param evidence a query that shows the same
public record Verdict(
    String window,
    Duration shift,
    String constraint,
    Map<String, String> parameters,
    Outcome outcome,
    Optional<Violation> violation,
    Optional<String> error,
    Optional<Evidence> evidence) {
  /// The four verdicts.
  public enum Outcome {
    OK,
    CONFLICT,
    NO_DATA,
    ERROR
  }

  /// When and how a constraint is violated.
  ///
  /// @param total the number of steps with a violation, times the step; `longest`, that of the
  ///   longest run of such steps
  /// @param worst the value farthest from where the constraint holds
  /// @param series the number of offending series
  /// @param top the most offending series
  public record Violation(
      Instant first,
      Instant last,
      Duration total,
      Duration longest,
      double worst,
      long series,
      List<OffendingSeries> top) {}

  /// A series that violates a constraint.
  public record OffendingSeries(
      Map<String, String> labels, Instant first, Instant last, Duration total, double worst) {}

  /// A range query.
  ///
  /// @param link path and parameters of the request that repeats it
  public record Evidence(String query, Instant start, Instant end, Duration step, String link) {}
}
