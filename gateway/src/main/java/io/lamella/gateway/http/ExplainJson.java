package io.lamella.gateway.http;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.explain.SelectorTrace;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import tools.jackson.core.JsonGenerator;

/// The `explain` member of a query's response: for each selector the verdict on each block with its
/// reason, rows, pages and bytes, the fetch batches, and the time of each stage.
final class ExplainJson {
  private ExplainJson() {}

  static void write(JsonGenerator json, QueryTrace trace, MeasuredResult<QueryResult> measured) {
    json.writeStartObject();
    StatisticsJson.store(json, measured.used());
    json.writeNumberProperty("bytesNeeded", trace.neededBytes());
    json.writeArrayPropertyStart("selectors");
    trace.selectors().forEach(s -> selector(json, s));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void selector(JsonGenerator json, SelectorTrace s) {
    json.writeStartObject();
    PrometheusJson.string(json, "selector", s.selector());
    PrometheusJson.time(json, "start", s.range().startMillis());
    PrometheusJson.time(json, "end", s.range().endMillis());
    PrometheusJson.string(json, "hints", s.uses());
    json.writeObjectPropertyStart("stages");
    s.stages()
        .forEach((stage, nanos) -> PrometheusJson.seconds(json, stage, Duration.ofNanos(nanos)));
    json.writeEndObject();
    json.writeArrayPropertyStart("fetches");
    s.batches().forEach(b -> batch(json, b));
    json.writeEndArray();
    json.writeArrayPropertyStart("blocks");
    s.shards().forEach(b -> shard(json, b));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void batch(JsonGenerator json, QueryTrace.FetchBatch b) {
    json.writeStartObject();
    PrometheusJson.string(json, "pages", b.what());
    json.writeNumberProperty("ranges", b.ranges());
    json.writeNumberProperty("bytes", b.bytes());
    PrometheusJson.seconds(json, "seconds", Duration.ofNanos(b.nanos()));
    json.writeEndObject();
  }

  private static void shard(JsonGenerator json, QueryTrace.ShardTrace s) {
    QueryTrace.ReadAmount amount = s.amount();
    json.writeStartObject();
    PrometheusJson.string(json, "block", s.shard().block());
    json.writeNumberProperty("shard", s.shard().number());
    PrometheusJson.string(json, "metadata", s.shard().metadata());
    decision(json, s.decision());
    json.writeNumberProperty("candidateRows", amount.candidateRows());
    json.writeNumberProperty("rows", amount.rows());
    json.writeNumberProperty("labelPages", amount.labels().pages());
    json.writeNumberProperty("labelBytes", amount.labels().bytes());
    json.writeNumberProperty("chunkPages", amount.chunks().pages());
    json.writeNumberProperty("chunkBytes", amount.chunks().bytes());
    json.writeNumberProperty("neededBytes", amount.neededBytes());
    json.writeArrayPropertyStart("answeredByStatistics");
    amount.fromStatistics().forEach(column -> json.writeNumber(column.intValue()));
    json.writeEndArray();
    json.writeArrayPropertyStart("rowGroups");
    for (QueryTrace.Decision d : s.rowGroups()) {
      json.writeStartObject();
      decision(json, d);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void decision(JsonGenerator json, QueryTrace.Decision d) {
    PrometheusJson.string(json, "verdict", d.verdict());
    PrometheusJson.string(json, "why", d.why());
  }
}
