package io.lamella.promql;

import java.util.List;

/// The answer to a query with its annotations, final texts as Prometheus' API shows them.
public record QueryResult(
    Value value, List<String> warnings, List<String> infos, QueryStatistics statistics) {
  public QueryResult {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }
}
