package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.promql.ast.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A result as JUnit XML, to gate a change: a test suite a constraint, a test case a window. A
/// conflict is a failure, an error is an error, no data is skipped.
final class ReportJunit {
  private static final int MAX_REJECTED = 20;

  private final Map<String, Proposal> proposals = new HashMap<>();

  private ReportJunit(List<Proposal> proposals) {
    proposals.forEach(p -> this.proposals.put(p.window(), p));
  }

  static void write(List<Verdict> verdicts, List<Proposal> proposals, BacktestReport.Output to)
      throws IOException {
    new ReportJunit(proposals).write(verdicts, to);
  }

  private void write(List<Verdict> verdicts, BacktestReport.Output to) throws IOException {
    SortedMap<String, List<Verdict>> suites = new TreeMap<>();
    verdicts.forEach(v -> suites.computeIfAbsent(suite(v), _ -> new ArrayList<>()).add(v));
    to.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    to.write("<testsuites name=\"backtest\"" + counts(verdicts) + ">\n");
    for (Map.Entry<String, List<Verdict>> e : suites.entrySet()) {
      to.write("<testsuite" + attribute("name", e.getKey()) + counts(e.getValue()) + ">\n");
      for (Verdict v : e.getValue()) {
        to.write(testCase(e.getKey(), v));
      }
      to.write("</testsuite>\n");
    }
    to.write("</testsuites>\n");
  }

  private static String suite(Verdict v) {
    return v.parameters().isEmpty() ? v.constraint() : v.constraint() + " " + v.parameters();
  }

  private static String counts(List<Verdict> all) {
    return attribute("tests", Integer.toString(all.size()))
        + attribute("failures", count(all, Outcome.CONFLICT))
        + attribute("errors", count(all, Outcome.ERROR))
        + attribute("skipped", count(all, Outcome.NO_DATA));
  }

  private static String count(List<Verdict> all, Outcome outcome) {
    return Long.toString(all.stream().filter(v -> v.outcome() == outcome).count());
  }

  private String testCase(String suite, Verdict v) {
    String shift =
        v.shiftMillis() == 0
            ? ""
            : " (shifted by " + Numbers.plain(v.shiftMillis() / 1000.0) + "s)";
    String begin =
        "<testcase" + attribute("classname", suite) + attribute("name", v.window() + shift);
    return switch (v.outcome()) {
      case OK -> begin + "/>\n";
      case NO_DATA -> begin + "><skipped message=\"no data\"/></testcase>\n";
      case ERROR ->
          begin + "><error" + attribute("message", v.error().orElse("")) + "/></testcase>\n";
      case CONFLICT ->
          begin
              + "><failure"
              + attribute("message", message(v))
              + ">"
              + escaped(details(v))
              + "</failure></testcase>\n";
    };
  }

  private static String message(Verdict v) {
    return v.violation()
        .map(x ->
            "violated from " + VerdictJson.time(x.firstMillis()) + (x.isWhole() ? extent(x) : ""))
        .orElse("no data");
  }

  private static String extent(Verdict.Violation x) {
    return " to "
        + VerdictJson.time(x.lastMillis())
        + " for "
        + Numbers.plain(x.totalMillis() / 1000.0)
        + "s, longest "
        + Numbers.plain(x.longestMillis() / 1000.0)
        + "s, worst value "
        + Numbers.plain(x.worst())
        + ", by "
        + x.series()
        + " series";
  }

  private String details(Verdict v) {
    StringBuilder out = new StringBuilder("\n");
    v.violation()
        .ifPresent(x -> {
          for (OffendingSeries s : x.top()) {
            out.append(s.labels())
                .append(" for ")
                .append(Numbers.plain(s.totalMillis() / 1000.0))
                .append("s, worst value ")
                .append(Numbers.plain(s.worst()))
                .append('\n');
          }
        });
    v.evidence()
        .ifPresent(e ->
            out.append("query: ")
                .append(e.query())
                .append('\n')
                .append(VerdictJson.link(e))
                .append('\n'));
    Proposal p = proposals.get(v.window());
    if (p != null) {
      propose(out, p);
    }
    return out.toString();
  }

  private static void propose(StringBuilder out, Proposal p) {
    p.slots().forEach(s -> out.append("proposed: ").append(ProposalText.slot(s)).append('\n'));
    if (p.slots().isEmpty()) {
      out.append("no other time is proposed\n");
    }
    for (Rejected r : p.rejected().subList(0, Math.min(MAX_REJECTED, p.rejected().size()))) {
      out.append("rejected: ")
          .append(ProposalText.slot(r.slot()))
          .append(": ")
          .append(ProposalText.reason(r.reason()))
          .append('\n');
    }
    if (p.rejected().size() > MAX_REJECTED) {
      out.append("… ").append(p.rejected().size() - MAX_REJECTED).append(" more rejected\n");
    }
  }

  private static String attribute(String name, String value) {
    return " " + name + "=\"" + escaped(value) + "\"";
  }

  /// As text or as the value of an attribute. Characters that XML does not have become U+FFFD.
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '"' -> out.append("&quot;");
            case '\n', '\t', '\r' -> out.append("&#").append(c).append(';');
            default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
          }
        });
    return out.toString();
  }

  private static boolean isXml(int c) {
    return c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
  }
}
