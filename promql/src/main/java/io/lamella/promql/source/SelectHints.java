package io.lamella.promql.source;

import java.util.Optional;
import java.util.Set;

/// What the engine will do with a selection; a source may use it to read less, or ignore it.
///
/// @param stepMillis the query's step, 0 for an instant query
/// @param rangeMillis the width of the range selector, 0 for an instant selector
/// @param function the function or aggregation right around the selector, empty for none
/// @param labels the only label names whose values the query can see, or empty for all of them; a
///   source that leaves labels out must still return every series by itself, so labels may then be
///   equal for several series
/// @param samples what of the samples it can see
public record SelectHints(
    long stepMillis,
    long rangeMillis,
    String function,
    Optional<Set<String>> labels,
    SampleHints samples) {
  public static final SelectHints NONE =
      new SelectHints(0, 0, "", Optional.empty(), SampleHints.EVERYTHING);

  public SelectHints {
    labels = labels.map(Set::copyOf);
  }
}
