package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Verdict;
import java.io.IOException;
import java.util.List;

/// A whole result as one JSON object, in the form of Prometheus' API.
final class ReportJson {
  private ReportJson() {}

  /// @param verdicts in the order of the report, as `proposals`
  static void write(
      Basis basis,
      List<Verdict> verdicts,
      List<Proposal> proposals,
      Summary summary,
      BacktestReport.Output to)
      throws IOException {
    StringBuilder out = new StringBuilder("{\"status\":\"success\",\"data\":{\"summary\":");
    VerdictJson.summary(out, summary, "{");
    VerdictJson.basisMembers(out, basis);
    out.append(",\"verdicts\":[");
    for (int i = 0; i < verdicts.size(); i++) {
      VerdictJson.verdict(out, verdicts.get(i), i == 0 ? "\n{" : ",\n{");
      to.write(out.toString());
      out.setLength(0);
    }
    to.write(out.append(']').toString());
    String before = ",\"proposals\":[\n{";
    for (Proposal p : proposals) {
      out.setLength(0);
      ProposalJson.proposal(out, p, before);
      to.write(out.toString());
      before = ",\n{";
    }
    to.write(proposals.isEmpty() ? "}}\n" : "]}}\n");
  }
}
