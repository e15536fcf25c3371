package io.lamella.promql.compile;

import io.lamella.promql.source.SampleUse;
import io.lamella.promql.source.ValueFilter;
import java.util.Optional;
import java.util.Set;

/// What the consumer of an operator uses of its output; handed down while a tree is compiled.
///
/// @param function the function or aggregation directly around the operator, empty for none
/// @param labels the only labels that are used, or empty for all; set only where every operator
///   down to the selector allows several series with equal labels
/// @param buckets whether the buckets of histograms are used
/// @param use the part of the samples that the direct consumer uses
/// @param filter the direct consumer drops values that do not pass this filter
public record ConsumerHints(
    String function,
    Optional<Set<String>> labels,
    Buckets buckets,
    SampleUse use,
    Optional<ValueFilter> filter) {
  public static final ConsumerHints ALL =
      new ConsumerHints(
          "", Optional.empty(), Buckets.UNDECIDED, SampleUse.EVERYTHING, Optional.empty());

  /// Buckets are not needed below a function that only takes counts or sums, unless an operator
  /// further out or in between needs them.
  public enum Buckets {
    UNDECIDED,
    SKIPPED,
    NEEDED
  }

  /// The hints inside another function or operator, which uses all samples.
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
