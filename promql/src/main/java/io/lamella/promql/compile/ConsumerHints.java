package io.lamella.promql.compile;

import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.ValueFilter;
import java.util.Optional;
import java.util.Set;

/// What an operator's consumer will look at, handed down while operators are made.
///
/// @param function the function or aggregation right around
/// @param labels the only labels that matter; only where every operator down to the selector lets
///   several series have equal labels
/// @param buckets whether the buckets of histograms matter
/// @param use what right around looks at of the samples
/// @param filter the only values that right around does not throw away
public record ConsumerHints(
    String function,
    Optional<Set<String>> labels,
    Buckets buckets,
    SampleUse use,
    Optional<ValueFilter> filter) {
  public static final ConsumerHints ALL =
      new ConsumerHints(
          "", Optional.empty(), Buckets.UNDECIDED, SampleUse.EVERYTHING, Optional.empty());

  /// Buckets are not needed below a function that only takes counts or sums, unless something else
  /// outside or between needs them.
  public enum Buckets {
    UNDECIDED,
    SKIPPED,
    NEEDED
  }

  /// Within another function or operator, which looks at all of the samples.
  ConsumerHints in(String around) {
    return new ConsumerHints(around, labels, buckets, SampleUse.EVERYTHING, Optional.empty());
  }

  ConsumerHints withoutLabels() {
    return labels(Optional.empty());
  }

  ConsumerHints labels(Optional<Set<String>> only) {
    return new ConsumerHints(function, only, buckets, use, filter);
  }

  ConsumerHints buckets(Buckets b) {
    return new ConsumerHints(
        function, labels, buckets == Buckets.NEEDED ? buckets : b, use, filter);
  }

  ConsumerHints use(SampleUse only) {
    return new ConsumerHints(function, labels, buckets, only, filter);
  }

  ConsumerHints filter(Optional<ValueFilter> only) {
    return new ConsumerHints(function, labels, buckets, use, only);
  }
}
