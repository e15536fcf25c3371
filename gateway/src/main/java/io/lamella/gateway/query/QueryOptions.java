package io.lamella.gateway.query;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.promql.QueryLimits;

/// What a request asks for besides the query.
///
/// @param ceilings of its own; the server's hold besides
/// @param explain whether the answer is to come with its plan
public record QueryOptions(QueryLimits limits, FetchLimits ceilings, Explain explain) {
  /// Whether an answer comes with its plan.
  public enum Explain {
    YES,
    NO
  }

  public static final QueryOptions NONE =
      new QueryOptions(QueryLimits.NONE, FetchLimits.NONE, Explain.NO);

  /// True where the request asks for no limit of its own that could make its query fail, and for no
  /// plan.
  boolean isUsual() {
    return ceilings.equals(FetchLimits.NONE)
        && limits.maxSamples().isEmpty()
        && explain == Explain.NO;
  }

  public static QueryOptions of(QueryLimits limits) {
    return new QueryOptions(limits, FetchLimits.NONE, Explain.NO);
  }
}
