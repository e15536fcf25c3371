package io.lamella.promql.exec;

import java.util.Optional;
import java.util.Set;

/// What an operator's consumer will look at, handed down while operators are made.
///
/// @param function the function or aggregation right around
/// @param labels the only labels that matter; only where every operator down to the selector lets
///   several series have equal labels
/// @param buckets whether the buckets of histograms matter
public record Wanted(String function, Optional<Set<String>> labels, Buckets buckets) {
  public static final Wanted ALL = new Wanted("", Optional.empty(), Buckets.UNDECIDED);

  /// Buckets are not needed below a function that only takes counts or sums, unless something else
  /// outside or between needs them.
  public enum Buckets {
    UNDECIDED,
    SKIPPED,
    NEEDED
  }

  Wanted in(String around) {
    return new Wanted(around, labels, buckets);
  }

  Wanted withoutLabels() {
    return new Wanted(function, Optional.empty(), buckets);
  }

  Wanted labels(Optional<Set<String>> only) {
    return new Wanted(function, only, buckets);
  }

  Wanted buckets(Buckets b) {
    return new Wanted(function, labels, buckets == Buckets.NEEDED ? buckets : b);
  }
}
