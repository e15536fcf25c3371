package io.lamella.promql.source;

import java.util.Optional;

/// What of a selection's samples the engine can see; binding only for floats that are numbers.
///
/// @param windows through which it looks; nothing where that is not told, and then it sees all
/// @param filter only samples that pass it count
public record SampleHints(SampleUse use, Optional<Windows> windows, Optional<ValueFilter> filter) {
  public static final SampleHints EVERYTHING =
      new SampleHints(SampleUse.EVERYTHING, Optional.empty(), Optional.empty());
}
