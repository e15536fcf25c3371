package io.lamella.gateway.http;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.query.MeasuredResult;
import io.lamella.promql.QueryResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// The `explain` member of a query's answer: selector by selector the verdict on each block with
/// its reason, rows, pages and bytes, the waves of reads, and where the time went.
final class ExplainJson {
  private ExplainJson() {}

  static void append(StringBuilder out, QueryTrace trace, MeasuredResult<QueryResult> answer) {
    out.append("{\"store\":");
    StatisticsJson.store(out, answer.used());
    out.append(",\"bytesNeeded\":").append(needed(trace)).append(",\"selectors\":[");
    String comma = "";
    for (QueryTrace.Selected s : trace.selections()) {
      out.append(comma);
      selector(out, s);
      comma = ",";
    }
    out.append("]}");
  }

  private static long needed(QueryTrace trace) {
    return trace.selections().stream()
        .flatMap(s -> s.blocks().stream())
        .mapToLong(QueryTrace.Block::neededBytes)
        .sum();
  }

  private static void selector(StringBuilder out, QueryTrace.Selected s) {
    out.append("{\"selector\":");
    JsonText.string(out, s.selector());
    out.append(",\"start\":");
    GoNumbers.appendTime(out, s.startMillis());
    out.append(",\"end\":");
    GoNumbers.appendTime(out, s.endMillis());
    out.append(",\"looksAt\":");
    JsonText.string(out, s.looksAt());
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
    for (QueryTrace.Wave w : s.waves()) {
      out.append(comma).append("{\"pages\":");
      JsonText.string(out, w.what());
      out.append(",\"ranges\":").append(w.ranges()).append(",\"bytes\":").append(w.bytes());
      StatisticsJson.seconds(out.append(",\"seconds\":"), Duration.ofNanos(w.nanos()));
      out.append('}');
      comma = ",";
    }
    out.append("],\"blocks\":[");
    comma = "";
    for (QueryTrace.Block b : s.blocks()) {
      out.append(comma);
      block(out, b);
      comma = ",";
    }
    out.append("]}");
  }

  private static void block(StringBuilder out, QueryTrace.Block b) {
    out.append("{\"block\":\"")
        .append(b.ulid())
        .append("\",\"shard\":")
        .append(b.shard())
        .append(",\"layout\":\"")
        .append(b.layout())
        .append("\",\"verdict\":\"")
        .append(b.verdict().name().toLowerCase(Locale.ROOT))
        .append("\",\"why\":");
    JsonText.string(out, b.why());
    out.append(",\"candidateRows\":")
        .append(b.candidateRows())
        .append(",\"rows\":")
        .append(b.rows())
        .append(",\"labelPages\":")
        .append(b.labelPages())
        .append(",\"labelBytes\":")
        .append(b.labelBytes())
        .append(",\"chunkPages\":")
        .append(b.chunkPages())
        .append(",\"chunkBytes\":")
        .append(b.chunkBytes())
        .append(",\"neededBytes\":")
        .append(b.neededBytes())
        .append(",\"answeredByStatistics\":")
        .append(b.answered())
        .append('}');
  }
}
