package io.lamella.promql.source;

import io.lamella.model.TimeRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the engine will do with a selection; a source may use it to read less, or ignore it.
///
/// @param stepMillis the query's step, 0 for an instant query
/// @param rangeMillis the width of the range selector, 0 for an instant selector
/// @param function the function or aggregation directly around the selector, empty for none
/// @param labels the only label names whose values the query uses, or empty for all; a source that
///   omits the others must still return each series separately, so that several series may then
///   have equal labels
/// @param samples what the query uses of the samples
/// @param parts the only parts of the selection's range of which samples are used, ascending and
///   apart; empty for all of it
public record SelectHints(
    long stepMillis,
    long rangeMillis,
    String function,
    Optional<Set<String>> labels,
    SampleHints samples,
    List<TimeRange> parts) {
  public static final SelectHints NONE =
      new SelectHints(0, 0, "", Optional.empty(), SampleHints.EVERYTHING);

  public SelectHints {
    labels = labels.map(Set::copyOf);
    parts = List.copyOf(parts);
  }

  public SelectHints(
      long stepMillis,
      long rangeMillis,
      String function,
      Optional<Set<String>> labels,
      SampleHints samples) {
    this(stepMillis, rangeMillis, function, labels, samples, List.of());
  }
}
