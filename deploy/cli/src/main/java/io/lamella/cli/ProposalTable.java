package io.lamella.cli;

import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.report.ProposalText;
import java.io.PrintWriter;
import java.util.List;

/// Prints other times for windows in conflict. Long lists are truncated, with a note.
final class ProposalTable {
  private static final int MAX_LISTED = 20;
  private static final int MAX_REJECTED = 10;

  private ProposalTable() {}

  static void print(BacktestResult result, PrintWriter out) {
    List<Proposal> all = result.proposals();
    if (all.isEmpty()) {
      return;
    }
    out.println();
    TextTable table = new TextTable(3, "window in conflict", "other time", "reason");
    for (Proposal p : all.subList(0, Math.min(MAX_LISTED, all.size()))) {
      String window = BacktestTable.clean(p.window());
      for (Slot s : p.slots()) {
        table.add(window, "proposed " + ProposalText.slot(s), "no constraint is violated");
      }
      if (p.slots().isEmpty()) {
        table.add(window, "none", "no time within the horizon is without a violation");
      }
      List<Rejected> rejected = p.rejected();
      for (Rejected r : rejected.subList(0, Math.min(MAX_REJECTED, rejected.size()))) {
        table.add(
            window,
            "rejected " + ProposalText.slot(r.slot()),
            BacktestTable.clean(ProposalText.reason(r.reason())));
      }
      if (rejected.size() > MAX_REJECTED) {
        table.add(window, "rejected …", (rejected.size() - MAX_REJECTED) + " more");
      }
    }
    table.print(out);
    if (all.size() > MAX_LISTED) {
      out.println("… " + (all.size() - MAX_LISTED) + " more windows");
    }
    long without =
        result.verdicts().stream()
                .filter(v -> v.outcome() == Outcome.CONFLICT)
                .map(Verdict::window)
                .distinct()
                .count()
            - all.size();
    if (without > 0) {
      out.println(without + " windows in conflict are beyond max_windows of propose");
    }
  }
}
