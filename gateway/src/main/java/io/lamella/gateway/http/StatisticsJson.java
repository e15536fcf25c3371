package io.lamella.gateway.http;

import io.lamella.gateway.query.QueryService.Answer;
import io.lamella.promql.QueryResult;

/// The `stats` member of a query's answer: Prometheus' samples, and what the query took from the
/// store.
final class StatisticsJson {
  private StatisticsJson() {}

  static String of(Answer<QueryResult> answer) {
    var s = answer.value().statistics();
    return "{\"samples\":{\"totalQueryableSamples\":"
        + s.totalQueryableSamples()
        + ",\"peakSamples\":"
        + s.peakSamples()
        + "},\"store\":{\"series\":"
        + answer.used().series()
        + ",\"reads\":"
        + answer.used().reads()
        + ",\"bytes\":"
        + answer.used().bytes()
        + ",\"cachedRanges\":"
        + answer.used().cachedRanges()
        + ",\"cachedBytes\":"
        + answer.used().cachedBytes()
        + "}}";
  }
}
