package io.lamella.cli;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Window;
import io.lamella.gateway.backtest.report.BacktestReport;
import io.lamella.gateway.backtest.report.ProposalJson;
import io.lamella.gateway.backtest.report.Summary;
import io.lamella.gateway.backtest.report.VerdictJson;
import io.lamella.gateway.backtest.request.RequestFile;
import io.lamella.promql.MemoryAccount;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a backtest has told: that of an earlier run, if it is resumed, and what a server sends.
final class BacktestResult {
  private Backtest backtest;
  private final ResumedBacktest resumed;
  private final Summary summary = new Summary();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Proposal> proposals = new ArrayList<>();
  private @Nullable PrintWriter lines;
  private @Nullable Basis basis;
  private List<Window> recorded = List.of();
  private boolean isKept = true;
  private boolean isWhole;

  BacktestResult(Backtest backtest, ResumedBacktest resumed) {
    this.backtest = backtest;
    this.resumed = resumed;
  }

  /// Prints lines as they become known.
  BacktestResult printingTo(PrintWriter to) {
    lines = to;
    return this;
  }

  /// Keeps no verdicts, however many there are: there is no [#report] then.
  BacktestResult keepingNone() {
    isKept = false;
    return this;
  }

  /// The request for what is not known yet; empty where all is known.
  Optional<String> request(RequestFile whole) throws IOException {
    if (!resumed.isGiven()) {
      return Optional.of(whole.json());
    }
    List<Window> missing =
        backtest.windows().stream().filter(w -> !resumed.isDone(w.id())).toList();
    if (missing.isEmpty()) {
      begin(resumed.basis(), resumed.allVerdicts());
      isWhole = true;
      return Optional.empty();
    }
    return Optional.of(
        missing.size() == backtest.windows().size()
            ? whole.json()
            : whole.withWindows(missing).json());
  }

  /// Windows of the backtest that its request does not list.
  void add(List<Window> windows) {
    recorded = windows;
    List<Window> all = new ArrayList<>(backtest.windows());
    all.addAll(windows);
    backtest = backtest.withWindows(all);
  }

  /// @param allVerdicts that the server is going to send
  void start(Basis of, long allVerdicts) throws IOException {
    if (resumed.isGiven() && !of.blocks().equals(resumed.basis().blocks())) {
      throw new IOException(
          "cannot resume: the blocks have changed since the result that --resume names; run the backtest again without it");
    }
    if (resumed.isGiven() && !of.engine().equals(resumed.basis().engine())) {
      throw new IOException(
          "cannot resume: the result that --resume names is of engine "
              + resumed.basis().engine()
              + ", this one of "
              + of.engine()
              + "; run the backtest again without it");
    }
    begin(
        resumed.isGiven() ? resumed.basis() : of,
        resumed.isGiven() ? resumed.allVerdicts() : allVerdicts);
  }

  private void begin(Basis of, long allVerdicts) throws IOException {
    basis = of;
    PrintWriter to = lines;
    if (to != null) {
      to.append(VerdictJson.basis(of, allVerdicts, recorded)).append('\n');
    }
    for (Verdict v : resumed.verdicts()) {
      verdict(v);
    }
  }

  void verdict(Verdict v) throws IOException {
    summary.add(v);
    PrintWriter to = lines;
    if (isKept) {
      verdicts.add(v);
    }
    if (to != null) {
      to.append(VerdictJson.verdict(v)).append('\n');
      to.flush();
      if (to.checkError()) {
        throw new IOException("cannot write the result");
      }
    }
  }

  void proposal(Proposal p) throws IOException {
    proposals.add(p);
    PrintWriter to = lines;
    if (to != null) {
      to.append(ProposalJson.proposal(p)).append('\n');
      to.flush();
      if (to.checkError()) {
        throw new IOException("cannot write the result");
      }
    }
  }

  /// The server has sent all of it.
  void wasWhole() {
    isWhole = true;
  }

  /// @throws IOException where something is missing
  void end() throws IOException {
    if (!isWhole) {
      throw new IOException("cannot finish the backtest: the server ended the result early");
    }
    PrintWriter to = lines;
    if (to != null) {
      to.append(VerdictJson.summary(summary)).append('\n');
    }
  }

  Summary summary() {
    return summary;
  }

  List<Verdict> verdicts() {
    return verdicts;
  }

  List<Proposal> proposals() {
    return proposals;
  }

  Basis basis() throws IOException {
    Basis known = basis;
    if (known == null) {
      throw new IOException("cannot report the backtest: the server has not said its blocks");
    }
    return known;
  }

  BacktestReport report() throws IOException {
    BacktestReport out =
        new BacktestReport(backtest, basis(), verdicts.size(), MemoryAccount.UNLIMITED);
    verdicts.forEach(out::verdict);
    proposals.forEach(out::proposal);
    return out;
  }
}
