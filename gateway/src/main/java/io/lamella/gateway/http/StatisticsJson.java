package io.lamella.gateway.http;

import io.lamella.gateway.budget.QueryBudget.Used;
import io.lamella.gateway.budget.Tier;
import io.lamella.gateway.query.QueryService.Answer;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// The `stats` member of a query's response: Prometheus' timings and samples, and the reads of the
/// store.
///
/// `queryPreparationTime` is the time for which the engine waited for its selections. The
/// statistics per step, which Prometheus has behind a feature flag, are missing.
final class StatisticsJson {
  private StatisticsJson() {}

  static void write(JsonGenerator json, Answer<QueryResult> answer) {
    var s = answer.value().statistics();
    Used used = answer.used();
    long selecting = Math.min(used.selectingNanos(), answer.ran().toNanos());
    json.writeStartObject();
    json.writeObjectPropertyStart("timings");
    PrometheusJson.seconds(json, "evalTotalTime", answer.ran());
    json.writeNumberProperty("resultSortTime", 0);
    PrometheusJson.seconds(json, "queryPreparationTime", Duration.ofNanos(selecting));
    PrometheusJson.seconds(json, "innerEvalTime", answer.ran().minusNanos(selecting));
    PrometheusJson.seconds(json, "execQueueTime", answer.queued());
    PrometheusJson.seconds(json, "execTotalTime", answer.queued().plus(answer.ran()));
    json.writeEndObject();
    json.writeObjectPropertyStart("samples");
    json.writeNumberProperty("totalQueryableSamples", s.totalQueryableSamples());
    json.writeNumberProperty("peakSamples", s.peakSamples());
    json.writeEndObject();
    store(json, used);
    json.writeEndObject();
  }

  /// The member `store`: the reads of the store, and the ranges found in each cache.
  static void store(JsonGenerator json, Used used) {
    json.writeObjectPropertyStart("store");
    json.writeNumberProperty("series", used.series());
    json.writeNumberProperty("reads", used.reads());
    json.writeNumberProperty("bytes", used.bytes());
    json.writeNumberProperty("cachedRanges", used.cachedRanges());
    json.writeNumberProperty("cachedBytes", used.cachedBytes());
    for (Tier t : Tier.values()) {
      Used.Cached c = used.cached().getOrDefault(t, new Used.Cached(0, 0));
      json.writeObjectPropertyStart(t.name().toLowerCase(Locale.ROOT));
      json.writeNumberProperty("ranges", c.ranges());
      json.writeNumberProperty("bytes", c.bytes());
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
