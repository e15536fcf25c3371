package io.lamella.gateway.query;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.promql.QueryLimits;
import java.util.Set;

/// Options of a request.
///
/// @param limits of evaluation; the server's own limits apply as well
/// @param fetchLimits of reading; the server's own limits apply as well
/// @param explain whether the result comes with a trace of its plan
/// @param client who asks; permits are shared fairly between clients
/// @param observer learns when the query is admitted
/// @param replicaLabels labels that distinguish replicas, which are then read as one series; empty
///   where replicas are series of their own
/// @param coverage which data is read
public record QueryOptions(
    QueryLimits limits,
    FetchLimits fetchLimits,
    Explain explain,
    String client,
    QueryObserver observer,
    Set<String> replicaLabels,
    Coverage coverage) {
  public QueryOptions {
    replicaLabels = Set.copyOf(replicaLabels);
  }

  public QueryOptions(
      QueryLimits limits,
      FetchLimits fetchLimits,
      Explain explain,
      String client,
      QueryObserver observer) {
    this(limits, fetchLimits, explain, client, observer, Set.of(), Coverage.ALL);
  }

  /// Whether a result comes with a trace of its plan.
  public enum Explain {
    YES,
    NO
  }

  /// The client of queries from within the process.
  private static final String LOCAL = "";

  public static final QueryOptions NONE = of(QueryLimits.NONE);

  public QueryOptions(QueryLimits limits, FetchLimits fetchLimits, Explain explain) {
    this(limits, fetchLimits, explain, LOCAL, QueryObserver.NONE);
  }

  public static QueryOptions of(QueryLimits limits) {
    return new QueryOptions(limits, FetchLimits.NONE, Explain.NO);
  }

  public QueryOptions withReplicaLabels(Set<String> names) {
    return new QueryOptions(limits, fetchLimits, explain, client, observer, names, coverage);
  }

  public QueryOptions withCoverage(Coverage other) {
    return new QueryOptions(limits, fetchLimits, explain, client, observer, replicaLabels, other);
  }

  /// True where the result may come from the results cache: no trace is needed, and no limit of the
  /// request could have made the query fail.
  boolean isCacheable() {
    return fetchLimits.equals(FetchLimits.NONE)
        && limits.maxSamples().isEmpty()
        && explain == Explain.NO;
  }
}
