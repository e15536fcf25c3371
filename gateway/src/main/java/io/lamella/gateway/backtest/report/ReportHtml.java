package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Values;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.JsonQuote;
import io.lamella.promql.ast.Numbers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A result as one page that needs nothing else: style, script and data are in it. The data is a
/// block of JSON that is never run, and the script puts names into the page as text only; a policy
/// in the page allows that one script and no other, so that no name can become code.
///
/// The data are small: windows, rules and texts are listed once, a verdict is an array that refers
/// to them by their numbers. `report.js` reads it.
final class ReportHtml {
  private final Backtest backtest;
  private final Basis basis;
  private final Map<String, Integer> texts = new LinkedHashMap<>();
  private final Map<String, Integer> windows = new LinkedHashMap<>();
  private final Map<String, Integer> rules = new LinkedHashMap<>();

  ReportHtml(Backtest backtest, Basis basis) {
    this.backtest = backtest;
    this.basis = basis;
  }

  void write(List<Verdict> verdicts, List<Proposal> proposals, BacktestReport.Output to)
      throws IOException {
    String script = resource("report.js");
    String page =
        resource("report.html")
            .replace("{{hash}}", hash(script))
            .replace("{{style}}", resource("report.css"))
            .replace("{{script}}", script);
    int at = page.indexOf("{{data}}");
    to.write(page.substring(0, at));
    data(verdicts, proposals, text -> to.write(text.replace("<", "\\u003c")));
    to.write(page.substring(at + "{{data}}".length()));
  }

  private void data(List<Verdict> verdicts, List<Proposal> proposals, BacktestReport.Output to)
      throws IOException {
    to.write(
        "{\"request\":"
            + JsonQuote.quote(basis.request())
            + ",\"engine\":"
            + JsonQuote.quote(basis.engine())
            + ",\"blocks\":"
            + basis.blocks().size()
            + ",\"step\":"
            + backtest.stepMillis()
            + ",\"windows\":[");
    for (Window w : backtest.windows()) {
      to.write((windows.isEmpty() ? "" : ",\n") + window(w));
      windows.put(w.id(), windows.size());
    }
    to.write("],\"verdicts\":[");
    Map<String, Constraint> constraints = new HashMap<>();
    backtest.constraints().forEach(c -> constraints.put(c.name(), c));
    StringBuilder described = new StringBuilder();
    boolean first = true;
    for (Verdict v : verdicts) {
      Integer window = windows.get(v.window());
      Constraint c = constraints.get(v.constraint());
      if (window == null || c == null) {
        throw new IllegalStateException(
            "cannot report a verdict: window \""
                + v.window()
                + "\" or constraint \""
                + v.constraint()
                + "\" is not of the request");
      }
      String key = c.name() + v.parameters();
      Integer rule = rules.get(key);
      if (rule == null) {
        rule = rules.size();
        described.append(rule == 0 ? "" : ",\n").append(rule(c, v));
        rules.put(key, rule);
      }
      to.write((first ? "" : ",\n") + verdict(v, window, rule));
      first = false;
    }
    to.write("],\"rules\":[" + described + "],\"proposals\":[");
    for (int i = 0; i < proposals.size(); i++) {
      to.write((i == 0 ? "" : ",\n") + proposal(proposals.get(i)));
    }
    to.write("],\"texts\":[");
    String before = "";
    for (String t : texts.keySet()) {
      to.write(before + JsonQuote.quote(t));
      before = ",\n";
    }
    to.write("]}");
  }

  private static String window(Window w) {
    StringBuilder labels = new StringBuilder();
    w.labels()
        .forEach((name, values) ->
            labels
                .append(labels.isEmpty() ? "" : ", ")
                .append(name)
                .append('=')
                .append(String.join("|", values)));
    return "["
        + JsonQuote.quote(w.id())
        + ","
        + w.startMillis()
        + ","
        + w.endMillis()
        + ","
        + JsonQuote.quote(labels.toString())
        + "]";
  }

  private static String rule(Constraint c, Verdict v) {
    StringBuilder parameters = new StringBuilder();
    v.parameters()
        .forEach((name, value) ->
            parameters
                .append(parameters.isEmpty() ? "" : ", ")
                .append(name)
                .append('=')
                .append(value));
    return "["
        + JsonQuote.quote(c.name())
        + ","
        + JsonQuote.quote(parameters.toString())
        + ","
        + JsonQuote.quote(c.expr())
        + ","
        + JsonQuote.quote(c.timing().hold())
        + ","
        + JsonQuote.quote(c.severity())
        + "]";
  }

  /// `[window, rule, outcome, shift, error, evidence, violation]`; the last three are 0 where there
  /// is none.
  private String verdict(Verdict v, int window, int rule) {
    StringBuilder out = new StringBuilder("[");
    out.append(window).append(',').append(rule).append(',').append(v.outcome().ordinal());
    out.append(',').append(v.shiftMillis()).append(',');
    out.append(v.error().map(e -> "[" + text(e) + "]").orElse("0")).append(',');
    out.append(
        v.evidence()
            .map(e -> "[" + text(e.query()) + "," + e.startMillis() + "," + e.endMillis() + "]")
            .orElse("0"));
    out.append(',');
    if (v.violation().isEmpty()) {
      return out.append("0]").toString();
    }
    Verdict.Violation x = v.violation().get();
    out.append('[').append(x.firstMillis()).append(',').append(x.lastMillis());
    out.append(',').append(x.totalMillis()).append(',').append(x.longestMillis());
    out.append(",\"").append(Numbers.plain(x.worst())).append("\",").append(x.series());
    for (OffendingSeries s : x.top()) {
      out.append(",[").append(text(s.labels().toString()));
      out.append(',').append(s.firstMillis()).append(',').append(s.lastMillis());
      out.append(',').append(s.totalMillis());
      out.append(",\"").append(Numbers.plain(s.worst())).append('"');
      s.values().ifPresent(values -> values(out, values));
      out.append(']');
    }
    return out.append("]]").toString();
  }

  /// What follows a series: the first time, the distance, and the values, null where there is none.
  private static void values(StringBuilder out, Values v) {
    out.append(',').append(v.startMillis()).append(',').append(v.distanceMillis());
    String before = ",[";
    for (double x : v.values()) {
      out.append(before).append(Double.isFinite(x) ? Numbers.plain(x) : "null");
      before = ",";
    }
    out.append(']');
  }

  /// `[window, slots, rejected]`; a slot is `[start, moved, reason]`, without the last where it is
  /// proposed.
  private String proposal(Proposal p) {
    StringBuilder out = new StringBuilder("[").append(windows.get(p.window())).append(",[");
    String before = "[";
    for (Slot s : p.slots()) {
      out.append(before).append(s.startMillis()).append(',').append(s.movedMillis()).append(']');
      before = ",[";
    }
    out.append("],[");
    before = "[";
    for (Rejected r : p.rejected()) {
      out.append(before).append(r.slot().startMillis());
      out.append(',').append(r.slot().movedMillis());
      out.append(',').append(text(ProposalText.reason(r.reason()))).append(']');
      before = ",[";
    }
    return out.append("]]").toString();
  }

  private int text(String t) {
    return texts.computeIfAbsent(t, _ -> texts.size());
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReportHtml.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("cannot find resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
