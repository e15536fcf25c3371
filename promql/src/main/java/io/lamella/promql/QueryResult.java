package io.lamella.promql;

import java.util.List;

/// The result of a query with its annotations, worded as in Prometheus' API.
public record QueryResult(
    Value value, List<String> warnings, List<String> infos, QueryStatistics statistics) {
  public QueryResult {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }
}
