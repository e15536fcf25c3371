package io.lamella.promql.exec;

import io.lamella.promql.ast.Feature;
import java.util.Set;

/// The times, limits and options of one query.
///
/// @param subqueryStepMillis the step of subqueries that do not set one
public record EvaluationSettings(
    Times times,
    long lookbackMillis,
    long subqueryStepMillis,
    Limits limits,
    Set<Feature> features,
    Workers workers) {
  /// The times of a query; start and end are included.
  ///
  /// @param stepMillis 0 for an instant query
  public record Times(long startMillis, long endMillis, long stepMillis) {}

  /// @param deadlineNanos a value of `System.nanoTime()`
  /// @param maxSamples maximum number of samples in memory at once
  /// @param memory where the memory of the query is reserved
  public record Limits(long deadlineNanos, long maxSamples, QueryMemory.Account memory) {}

  public EvaluationSettings {
    features = Set.copyOf(features);
  }

  public long startMillis() {
    return times.startMillis();
  }

  public long endMillis() {
    return times.endMillis();
  }

  public long stepMillis() {
    return times.stepMillis();
  }
}
