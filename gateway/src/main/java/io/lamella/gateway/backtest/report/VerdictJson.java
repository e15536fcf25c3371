package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.BacktestListener.Progress;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Evidence;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.Verdict.Values;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.gateway.backtest.VerdictRange;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.JsonQuote;
import io.lamella.model.Labels;
import io.lamella.promql.ast.Numbers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The parts of a result as JSON. Times are RFC 3339 in UTC, lengths of time are seconds; values
/// are texts, as in Prometheus' API, since JSON has no `NaN`.
public final class VerdictJson {
  private VerdictJson() {}

  /// What the result rests on.
  ///
  /// @param recorded windows that history told, which the request does not list
  public static String basis(Basis b, long verdicts, List<Window> recorded) {
    StringBuilder out = new StringBuilder("{\"type\":\"start\"");
    basisMembers(out, b);
    String before = ",\"recorded_windows\":[";
    for (Window w : recorded) {
      out.append(before).append("{\"id\":").append(JsonQuote.quote(w.id()));
      member(out, "start", time(w.startMillis()));
      member(out, "end", time(w.endMillis()));
      String name = ",\"labels\":{";
      for (Map.Entry<String, List<String>> l : w.labels().entrySet()) {
        out.append(name).append(JsonQuote.quote(l.getKey())).append(':');
        texts(out, l.getValue());
        name = ",";
      }
      out.append(w.labels().isEmpty() ? "}" : "}}");
      before = ",";
    }
    out.append(recorded.isEmpty() ? "" : "]");
    return out.append(",\"verdicts\":").append(verdicts).append('}').toString();
  }

  /// What a part of a result rests on.
  ///
  /// @param verdicts of the whole result
  /// @param part the numbers of the verdicts that follow, where it is a part
  /// @param snapshot by which other parts ask for the same blocks
  public static String basis(
      Basis b, long verdicts, List<Window> recorded, VerdictRange part, String snapshot) {
    StringBuilder out = new StringBuilder(basis(b, verdicts, recorded));
    out.setLength(out.length() - 1);
    out.append(",\"part\":{\"from\":").append(part.from());
    out.append(",\"to\":").append(part.to());
    member(out, "snapshot", snapshot);
    return out.append("}}").toString();
  }

  static void basisMembers(StringBuilder out, Basis b) {
    member(out, "request", b.request());
    member(out, "engine", b.engine());
    out.append(",\"blocks\":");
    texts(out, b.blocks());
  }

  /// How far a backtest is.
  public static String progress(Progress p) {
    double elapsed = p.elapsed().toMillis() / 1000.0;
    StringBuilder out = new StringBuilder("{\"type\":\"progress\"");
    out.append(",\"verdicts_done\":").append(p.verdicts());
    out.append(",\"verdicts\":").append(p.allVerdicts());
    out.append(",\"store_requests\":").append(p.requests());
    out.append(",\"store_bytes\":").append(p.bytes());
    out.append(",\"cached_bytes\":").append(p.cachedBytes());
    out.append(",\"samples\":").append(p.samples());
    out.append(",\"elapsed_seconds\":").append(Numbers.plain(elapsed));
    if (p.verdicts() > 0) {
      double eta = elapsed / p.verdicts() * (p.allVerdicts() - p.verdicts());
      out.append(",\"eta_seconds\":").append(Numbers.plain(Math.round(eta * 10) / 10.0));
    }
    return out.append('}').toString();
  }

  /// A verdict, without the line that says its type.
  public static String verdict(Verdict v) {
    StringBuilder out = new StringBuilder();
    verdict(out, v, "{\"type\":\"verdict\",");
    return out.toString();
  }

  /// The same in a part of a result.
  ///
  /// @param number of the verdict in the whole result, from 0
  public static String verdict(Verdict v, long number) {
    StringBuilder out = new StringBuilder();
    verdict(out, v, "{\"type\":\"verdict\",\"number\":" + number + ",");
    return out.toString();
  }

  static void verdict(StringBuilder out, Verdict v, String begin) {
    out.append(begin).append("\"window\":").append(JsonQuote.quote(v.window()));
    if (v.shiftMillis() != 0) {
      out.append(",\"shift_seconds\":");
      seconds(out, v.shiftMillis());
    }
    member(out, "constraint", v.constraint());
    if (!v.parameters().isEmpty()) {
      out.append(",\"parameters\":");
      members(out, v.parameters());
    }
    member(out, "verdict", v.outcome().text());
    v.violation().ifPresent(x -> violation(out, x));
    v.error().ifPresent(e -> member(out, "error", e));
    v.evidence().ifPresent(e -> evidence(out, e));
    out.append('}');
  }

  private static void violation(StringBuilder out, Violation x) {
    member(out, "first", time(x.firstMillis()));
    if (!x.isWhole()) {
      return;
    }
    member(out, "last", time(x.lastMillis()));
    out.append(",\"total_seconds\":");
    seconds(out, x.totalMillis());
    out.append(",\"longest_seconds\":");
    seconds(out, x.longestMillis());
    member(out, "worst", Numbers.plain(x.worst()));
    out.append(",\"series\":").append(x.series());
    out.append(",\"top\":[");
    for (int i = 0; i < x.top().size(); i++) {
      OffendingSeries s = x.top().get(i);
      out.append(i == 0 ? "" : ",").append("{\"metric\":");
      labels(out, s.labels());
      member(out, "first", time(s.firstMillis()));
      member(out, "last", time(s.lastMillis()));
      out.append(",\"total_seconds\":");
      seconds(out, s.totalMillis());
      member(out, "worst", Numbers.plain(s.worst()));
      s.values().ifPresent(v -> values(out, v));
      out.append('}');
    }
    out.append(']');
  }

  private static void values(StringBuilder out, Values v) {
    member(out, "values_start", time(v.startMillis()));
    out.append(",\"values_step_seconds\":");
    seconds(out, v.distanceMillis());
    String before = ",\"values\":[";
    for (double x : v.values()) {
      out.append(before).append(x != x ? "null" : JsonQuote.quote(Numbers.plain(x)));
      before = ",";
    }
    out.append(']');
  }

  private static void evidence(StringBuilder out, Evidence e) {
    out.append(",\"evidence\":{\"query\":");
    JsonQuote.append(out, e.query());
    member(out, "start", time(e.startMillis()));
    member(out, "end", time(e.endMillis()));
    out.append(",\"step_seconds\":");
    seconds(out, e.stepMillis());
    member(out, "link", link(e));
    out.append('}');
  }

  /// The path and the parameters of the request that repeats a query.
  static String link(Evidence e) {
    return "/api/v1/query_range?query="
        + URLEncoder.encode(e.query(), StandardCharsets.UTF_8)
        + "&start="
        + e.startMillis() / 1000.0
        + "&end="
        + e.endMillis() / 1000.0
        + "&step="
        + e.stepMillis() / 1000.0;
  }

  /// The counts at the end.
  public static String summary(Summary s) {
    StringBuilder out = new StringBuilder();
    summary(out, s, "{\"type\":\"summary\",");
    return out.toString();
  }

  static void summary(StringBuilder out, Summary s, String begin) {
    out.append(begin);
    for (Outcome o : Outcome.values()) {
      out.append(o.ordinal() == 0 ? "" : ",")
          .append('"')
          .append(o.text())
          .append("\":")
          .append(s.count(o));
    }
    out.append(",\"constraints\":[");
    boolean first = true;
    for (Map.Entry<Summary.Rule, Map<Outcome, Long>> e : s.byRule().entrySet()) {
      out.append(first ? "" : ",").append("{\"constraint\":");
      first = false;
      out.append(JsonQuote.quote(e.getKey().constraint()));
      if (!e.getKey().parameters().isEmpty()) {
        member(out, "parameters", e.getKey().parameters());
      }
      for (Outcome o : Outcome.values()) {
        out.append(",\"").append(o.text()).append("\":").append(e.getValue().getOrDefault(o, 0L));
      }
      out.append(",\"conflict_rate\":")
          .append(Numbers.plain(Summary.conflictRate(e.getValue())))
          .append('}');
    }
    out.append("]}");
  }

  /// A failure that ends a result early.
  public static String failure(String type, String message) {
    StringBuilder out = new StringBuilder("{\"type\":\"error\"");
    member(out, "errorType", type);
    member(out, "error", message);
    return out.append('}').toString();
  }

  private static void labels(StringBuilder out, Labels l) {
    out.append('{');
    for (int i = 0; i < l.size(); i++) {
      out.append(i == 0 ? "" : ",")
          .append(JsonQuote.quote(l.name(i)))
          .append(':')
          .append(JsonQuote.quote(l.value(i)));
    }
    out.append('}');
  }

  static void members(StringBuilder out, Map<String, String> all) {
    String before = "{";
    for (Map.Entry<String, String> e : all.entrySet()) {
      out.append(before)
          .append(JsonQuote.quote(e.getKey()))
          .append(':')
          .append(JsonQuote.quote(e.getValue()));
      before = ",";
    }
    out.append('}');
  }

  private static void texts(StringBuilder out, List<String> all) {
    out.append('[');
    for (int i = 0; i < all.size(); i++) {
      out.append(i == 0 ? "" : ",").append(JsonQuote.quote(all.get(i)));
    }
    out.append(']');
  }

  static void member(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    JsonQuote.append(out, value);
  }

  static void seconds(StringBuilder out, long millis) {
    out.append(Numbers.plain(millis / 1000.0));
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
