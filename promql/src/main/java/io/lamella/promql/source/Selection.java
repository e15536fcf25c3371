package io.lamella.promql.source;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import java.util.List;

/// What one selector reads: the matchers, which all must match, the closed range of sample times
/// that the query can use (offset, `@` and lookback already applied; the source may return more),
/// and hints.
public record Selection(List<Matcher> matchers, TimeRange range, SelectHints hints) {
  public Selection {
    matchers = List.copyOf(matchers);
  }
}
