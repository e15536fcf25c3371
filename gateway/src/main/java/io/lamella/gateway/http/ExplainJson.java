package io.lamella.gateway.http;

import io.lamella.gateway.budget.QueryTrace;
import io.lamella.gateway.query.QueryService.Answer;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// The `explain` member of a query's response: for each selector the verdict on each block with its
/// reason, rows, pages and bytes, the fetch batches, and the time of each stage.
final class ExplainJson {
  private ExplainJson() {}

  static void write(JsonGenerator json, QueryTrace trace, Answer<QueryResult> answer) {
    json.writeStartObject();
    StatisticsJson.store(json, answer.used());
    json.writeNumberProperty("bytesNeeded", needed(trace));
    json.writeArrayPropertyStart("selectors");
    trace.selections().forEach(s -> selector(json, s));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static long needed(QueryTrace trace) {
    return trace.selections().stream()
        .flatMap(s -> s.blocks().stream())
        .mapToLong(QueryTrace.Block::neededBytes)
        .sum();
  }

  private static void selector(JsonGenerator json, QueryTrace.Selected s) {
    json.writeStartObject();
    PrometheusJson.string(json, "selector", s.selector());
    PrometheusJson.time(json, "start", s.startMillis());
    PrometheusJson.time(json, "end", s.endMillis());
    PrometheusJson.string(json, "hints", s.looksAt());
    json.writeObjectPropertyStart("stages");
    s.stages()
        .forEach((stage, nanos) -> PrometheusJson.seconds(json, stage, Duration.ofNanos(nanos)));
    json.writeEndObject();
    json.writeArrayPropertyStart("fetches");
    s.waves().forEach(w -> fetch(json, w));
    json.writeEndArray();
    json.writeArrayPropertyStart("blocks");
    s.blocks().forEach(b -> block(json, b));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void fetch(JsonGenerator json, QueryTrace.Wave w) {
    json.writeStartObject();
    PrometheusJson.string(json, "pages", w.what());
    json.writeNumberProperty("ranges", w.ranges());
    json.writeNumberProperty("bytes", w.bytes());
    PrometheusJson.seconds(json, "seconds", Duration.ofNanos(w.nanos()));
    json.writeEndObject();
  }

  private static void block(JsonGenerator json, QueryTrace.Block b) {
    json.writeStartObject();
    PrometheusJson.string(json, "block", b.ulid());
    json.writeNumberProperty("shard", b.shard());
    PrometheusJson.string(json, "metadata", b.layout());
    PrometheusJson.string(json, "verdict", b.verdict().name().toLowerCase(Locale.ROOT));
    PrometheusJson.string(json, "why", b.why());
    json.writeNumberProperty("candidateRows", b.candidateRows());
    json.writeNumberProperty("rows", b.rows());
    json.writeNumberProperty("labelPages", b.labelPages());
    json.writeNumberProperty("labelBytes", b.labelBytes());
    json.writeNumberProperty("chunkPages", b.chunkPages());
    json.writeNumberProperty("chunkBytes", b.chunkBytes());
    json.writeNumberProperty("neededBytes", b.neededBytes());
    json.writeArrayPropertyStart("answeredByStatistics");
    b.answered().forEach(column -> json.writeNumber(column.intValue()));
    json.writeEndArray();
    json.writeEndObject();
  }
}
