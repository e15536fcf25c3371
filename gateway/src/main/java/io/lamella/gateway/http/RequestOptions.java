package io.lamella.gateway.http;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryLimits;
import java.util.Set;

/// The parameters that all queries have: the limits that a request may lower for itself, and those
/// of Thanos Query.
final class RequestOptions {
  private final QueryService queries;
  private final Set<String> replicaLabels;

  /// @param replicaLabels of queries that name none
  RequestOptions(QueryService queries, Set<String> replicaLabels) {
    this.queries = queries;
    this.replicaLabels = Set.copyOf(replicaLabels);
  }

  QueryOptions of(ApiParameters p, ObservedRequest request) {
    ThanosParameters thanos = thanos(p);
    return new QueryOptions(
        new QueryLimits(
            p.lookbackDelta(), p.optionalDuration("timeout"), p.optionalCount("max_samples")),
        new FetchLimits(
            p.optionalCount("max_series").orElse(Long.MAX_VALUE),
            p.optionalCount("max_fetched_bytes").orElse(Long.MAX_VALUE),
            p.optionalCount("max_reads").orElse(Long.MAX_VALUE)),
        p.isOn("explain") ? QueryOptions.Explain.YES : QueryOptions.Explain.NO,
        p.client(),
        request.active(),
        thanos.replicaLabels(replicaLabels),
        thanos.coverage());
  }

  private ThanosParameters thanos(ApiParameters p) {
    return new ThanosParameters(p, text -> queries.parse(text, MemoryAccount.UNLIMITED));
  }
}
