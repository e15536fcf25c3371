package io.lamella.gateway.http;

import io.lamella.gateway.limits.QueryBudget.Used;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.RequestKind;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.promql.QueryResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// The `stats` member of a query's response: Prometheus' timings and samples, and the reads of the
/// store.
///
/// `queryPreparationTime` is the time that the engine waited for selections. Prometheus' statistics
/// per step, which need a feature flag there, are not supported.
final class StatisticsJson {
  private static final MathContext SIX_DIGITS = new MathContext(6);

  private StatisticsJson() {}

  static void write(JsonGenerator json, MeasuredResult<QueryResult> measured) {
    var s = measured.value().statistics();
    Used used = measured.used();
    long selecting = Math.min(used.selectingNanos(), measured.ran().toNanos());
    json.writeStartObject();
    json.writeObjectPropertyStart("timings");
    PrometheusJson.seconds(json, "evalTotalTime", measured.ran());
    json.writeNumberProperty("resultSortTime", 0);
    PrometheusJson.seconds(json, "queryPreparationTime", Duration.ofNanos(selecting));
    PrometheusJson.seconds(json, "innerEvalTime", measured.ran().minusNanos(selecting));
    PrometheusJson.seconds(json, "execQueueTime", measured.queued());
    PrometheusJson.seconds(json, "execTotalTime", measured.queued().plus(measured.ran()));
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
    json.writeNumberProperty("cachedRanges", used.saved().ranges());
    json.writeNumberProperty("cachedBytes", used.saved().bytes());
    for (CacheTier t : CacheTier.values()) {
      ranges(json, t.name().toLowerCase(Locale.ROOT), used.cached(t));
    }
    ranges(json, "shared", used.coalesced());
    cost(json, "requests", used.cost(RequestKind.READ));
    cost(json, "hedgedRequests", used.cost(RequestKind.HEDGE));
    json.writeEndObject();
  }

  private static void cost(JsonGenerator json, String name, Used.Cost c) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", c.requests());
    json.writeNumberProperty("dollars", new BigDecimal(c.dollars()).round(SIX_DIGITS));
    json.writeEndObject();
  }

  private static void ranges(JsonGenerator json, String name, Used.Ranges r) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("ranges", r.ranges());
    json.writeNumberProperty("bytes", r.bytes());
    json.writeEndObject();
  }
}
