package io.lamella.promql.source;

import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import java.util.List;

/// One selector's demand: the matchers that all must hold, the closed range of sample times that
/// the query can look at (offset, `@` and lookback already applied; the source may return more),
/// and hints.
public record Selection(List<Matcher> matchers, TimeRange range, SelectHints hints) {
  public Selection {
    matchers = List.copyOf(matchers);
  }
}
