package io.lamella.cli;

import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.report.Summary;
import io.lamella.promql.ast.Numbers;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Prints a result as text: counts of each constraint, then conflicts and errors. Long lists are
/// truncated, with a note.
final class BacktestTable {
  private static final int MAX_LISTED = 40;

  private BacktestTable() {}

  static void print(BacktestResult result, PrintWriter out) {
    TextTable counts =
        new TextTable(1, "constraint", "ok", "conflict", "no_data", "error", "conflict rate");
    for (Map.Entry<Summary.Rule, Map<Outcome, Long>> e : result.summary().byRule().entrySet()) {
      String parameters = e.getKey().parameters();
      counts.add(
          clean(e.getKey().constraint() + (parameters.isEmpty() ? "" : " {" + parameters + "}")),
          e.getValue().getOrDefault(Outcome.OK, 0L),
          e.getValue().getOrDefault(Outcome.CONFLICT, 0L),
          e.getValue().getOrDefault(Outcome.NO_DATA, 0L),
          e.getValue().getOrDefault(Outcome.ERROR, 0L),
          String.format("%.1f%%", 100 * Summary.conflictRate(e.getValue())));
    }
    counts.print(out);
    conflicts(of(result, Outcome.CONFLICT), out);
    ProposalTable.print(result, out);
    errors(of(result, Outcome.ERROR), out);
  }

  private static List<Verdict> of(BacktestResult result, Outcome outcome) {
    return result.verdicts().stream().filter(v -> v.outcome() == outcome).toList();
  }

  private static void conflicts(List<Verdict> all, PrintWriter out) {
    if (all.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(
            4, "conflict", "constraint", "first", "last", "total", "longest", "worst", "series");
    for (Verdict v : all.subList(0, Math.min(MAX_LISTED, all.size()))) {
      if (v.violation().isPresent()) {
        Verdict.Violation x = v.violation().get();
        if (!x.isWhole()) {
          Instant first = Instant.ofEpochMilli(x.firstMillis());
          table.add(window(v), constraint(v), first, "", "", "", "", "");
          continue;
        }
        table.add(
            window(v),
            constraint(v),
            Instant.ofEpochMilli(x.firstMillis()),
            Instant.ofEpochMilli(x.lastMillis()),
            Numbers.duration(x.totalMillis()),
            Numbers.duration(x.longestMillis()),
            Numbers.plain(x.worst()),
            x.series());
      } else {
        table.add(window(v), constraint(v), "no data", "", "", "", "", "");
      }
    }
    out.println();
    table.print(out);
    rest(all.size(), "conflicts", out);
  }

  private static void errors(List<Verdict> all, PrintWriter out) {
    if (all.isEmpty()) {
      return;
    }
    out.println();
    TextTable table = new TextTable(3, "error", "constraint", "reason");
    for (Verdict v : all.subList(0, Math.min(MAX_LISTED, all.size()))) {
      table.add(window(v), constraint(v), clean(v.error().orElse("")));
    }
    table.print(out);
    rest(all.size(), "errors", out);
  }

  private static void rest(int all, String what, PrintWriter out) {
    if (all > MAX_LISTED) {
      out.println("… " + (all - MAX_LISTED) + " more " + what);
    }
  }

  static String window(Verdict v) {
    return clean(v.window())
        + (v.shiftMillis() == 0 ? "" : " shifted by " + v.shiftMillis() / 1000 + "s");
  }

  static String constraint(Verdict v) {
    return clean(v.constraint() + (v.parameters().isEmpty() ? "" : " " + v.parameters()));
  }

  /// Without characters that a terminal could act on.
  static String clean(String text) {
    return TerminalText.line(text);
  }
}
