package io.lamella.gateway.http;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.explain.SelectorTrace;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Map;

/// The `explain` member of a query's answer: selector by selector the verdict on each block with
/// its reason, rows, pages and bytes, the waves of reads, and where the time went.
final class ExplainJson {
  private ExplainJson() {}

  static void append(StringBuilder out, QueryTrace trace, MeasuredResult<QueryResult> answer) {
    out.append("{\"store\":");
    StatisticsJson.store(out, answer.used());
    out.append(",\"bytesNeeded\":").append(trace.neededBytes()).append(",\"selectors\":[");
    String comma = "";
    for (SelectorTrace s : trace.selectors()) {
      out.append(comma);
      selector(out, s);
      comma = ",";
    }
    out.append("]}");
  }

  private static void selector(StringBuilder out, SelectorTrace s) {
    out.append("{\"selector\":");
    JsonText.string(out, s.selector());
    out.append(",\"start\":");
    GoNumbers.appendTime(out, s.range().startMillis());
    out.append(",\"end\":");
    GoNumbers.appendTime(out, s.range().endMillis());
    out.append(",\"looksAt\":");
    JsonText.string(out, s.uses());
    out.append(",\"stages\":{");
    String comma = "";
    for (Map.Entry<String, Long> stage : s.stages().entrySet()) {
      out.append(comma);
      JsonText.string(out, stage.getKey());
      StatisticsJson.seconds(out.append(':'), Duration.ofNanos(stage.getValue()));
      comma = ",";
    }
    out.append("},\"waves\":[");
    comma = "";
    for (QueryTrace.FetchBatch f : s.batches()) {
      out.append(comma).append("{\"pages\":");
      JsonText.string(out, f.what());
      out.append(",\"ranges\":").append(f.ranges()).append(",\"bytes\":").append(f.bytes());
      StatisticsJson.seconds(out.append(",\"seconds\":"), Duration.ofNanos(f.nanos()));
      out.append('}');
      comma = ",";
    }
    out.append("],\"blocks\":[");
    comma = "";
    for (QueryTrace.ShardTrace b : s.shards()) {
      out.append(comma);
      block(out, b);
      comma = ",";
    }
    out.append("]}");
  }

  private static void block(StringBuilder out, QueryTrace.ShardTrace b) {
    QueryTrace.ReadAmount amount = b.amount();
    out.append("{\"block\":\"")
        .append(b.shard().block())
        .append("\",\"shard\":")
        .append(b.shard().number())
        .append(",\"layout\":\"")
        .append(b.shard().metadata())
        .append("\",");
    decision(out, b.decision());
    out.append(",\"candidateRows\":")
        .append(amount.candidateRows())
        .append(",\"rows\":")
        .append(amount.rows())
        .append(",\"labelPages\":")
        .append(amount.labels().pages())
        .append(",\"labelBytes\":")
        .append(amount.labels().bytes())
        .append(",\"chunkPages\":")
        .append(amount.chunks().pages())
        .append(",\"chunkBytes\":")
        .append(amount.chunks().bytes())
        .append(",\"neededBytes\":")
        .append(amount.neededBytes())
        .append(",\"answeredByStatistics\":")
        .append(amount.fromStatistics())
        .append(",\"rowGroups\":[");
    String comma = "";
    for (QueryTrace.Decision d : b.rowGroups()) {
      decision(out.append(comma).append('{'), d);
      out.append('}');
      comma = ",";
    }
    out.append("]}");
  }

  private static void decision(StringBuilder out, QueryTrace.Decision d) {
    out.append("\"verdict\":\"").append(d.verdict()).append("\",\"why\":");
    JsonText.string(out, d.why());
  }
}
