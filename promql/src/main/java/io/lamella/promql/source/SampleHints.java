package io.lamella.promql.source;

import java.util.Optional;

/// The part of the samples of a selection that the result depends on; valid only for floats that
/// are not NaN.
///
/// @param windows the result depends only on samples in these windows; empty for all samples
/// @param filter the result depends only on samples that pass it; empty for all samples
public record SampleHints(SampleUse use, Optional<Windows> windows, Optional<ValueFilter> filter) {
  public static final SampleHints EVERYTHING =
      new SampleHints(SampleUse.EVERYTHING, Optional.empty(), Optional.empty());
}
