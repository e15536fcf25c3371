package io.lamella.gateway.backtest.report;

import io.lamella.gateway.association.Associations;
import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Constraint;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Evidence;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.Verdict.Values;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.Labels;
import io.lamella.promql.MemoryAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A report of verdicts that a test makes up.
final class MadeReport {
  private static final long MINUTE = 60_000;

  private final List<Window> windows = new ArrayList<>();
  private final List<Constraint> constraints = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Proposal> proposals = new ArrayList<>();

  private MadeReport() {}

  /// Windows `w0`, `w1`, … of ten minutes, each an hour after the one before.
  static MadeReport of(int windows, String... constraints) {
    MadeReport out = new MadeReport();
    for (int i = 0; i < windows; i++) {
      out.window("w" + i);
    }
    for (String c : constraints) {
      out.constraints.add(
          new Constraint(
              "constraints[0]",
              c,
              "up{dc_id=\"$dc_id\"} == 0",
              Constraint.Timing.NONE,
              "page",
              Constraint.OnNoData.UNKNOWN));
    }
    return out;
  }

  private void window(String id) {
    long start = windows.size() * 60 * MINUTE;
    windows.add(
        new Window(
            id,
            start,
            start + 10 * MINUTE,
            new TreeMap<>(java.util.Map.of("dc_id", List.of("" + windows.size() % 7)))));
  }

  /// The same with another id for the last window.
  MadeReport withWindow(String id) {
    windows.removeLast();
    window(id);
    return this;
  }

  /// A verdict of the first constraint.
  MadeReport verdict(int window, Outcome outcome) {
    return verdict(window, 0, outcome);
  }

  MadeReport verdict(int window, int constraint, Outcome outcome) {
    Window w = windows.get(window);
    long start = w.startMillis();
    Violation violation =
        new Violation(
            start + MINUTE,
            start + 5 * MINUTE,
            3 * MINUTE,
            2 * MINUTE,
            0,
            1,
            List.of(
                new OffendingSeries(
                    Labels.of("job", "<b>"),
                    start + MINUTE,
                    start + 5 * MINUTE,
                    3 * MINUTE,
                    0,
                    Optional.of(
                        new Values(
                            start, MINUTE, List.of(Double.NaN, 4.0, 2.5, Double.NaN, 7.0, 0.0))))));
    verdicts.add(
        new Verdict(
            w.id(),
            0,
            constraints.get(constraint).name(),
            new TreeMap<>(),
            outcome,
            outcome == Outcome.CONFLICT ? Optional.of(violation) : Optional.empty(),
            outcome == Outcome.ERROR ? Optional.of("why <&>") : Optional.empty(),
            outcome == Outcome.ERROR
                ? Optional.empty()
                : Optional.of(new Evidence("up == 0", start, w.endMillis(), MINUTE))));
    return this;
  }

  /// A verdict of the first constraint on the first window at another time.
  MadeReport shifted(long millis, Outcome outcome) {
    verdicts.add(
        new Verdict(
            windows.getFirst().id(),
            millis,
            constraints.getFirst().name(),
            new TreeMap<>(),
            outcome,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    return this;
  }

  /// Another time for a window: an hour later, and none half an hour later.
  MadeReport proposal(int window) {
    Window w = windows.get(window);
    proposals.add(
        new Proposal(
            w.id(),
            List.of(slot(w, 60)),
            List.of(
                new Rejected(
                    slot(w, 30),
                    new Reason.Judged(
                        0,
                        constraints.getFirst().name(),
                        new TreeMap<>(),
                        Outcome.CONFLICT,
                        Optional.of(w.startMillis() + 31 * MINUTE),
                        Optional.empty())),
                new Rejected(slot(w, -60), new Reason.OutOfHours()))));
    return this;
  }

  private static Slot slot(Window w, long minutes) {
    return new Slot(
        w.startMillis() + minutes * MINUTE, w.endMillis() + minutes * MINUTE, minutes * MINUTE);
  }

  String text(BacktestReport.Form form) throws IOException {
    BacktestReport report =
        new BacktestReport(
            new Backtest(
                MINUTE,
                windows,
                Optional.empty(),
                constraints,
                List.of(),
                new TreeMap<>(),
                List.of(0L),
                Backtest.Detail.DEFAULT,
                Associations.NONE,
                Optional.empty()),
            new Basis("00ff", "lamella 1", List.of("b1")),
            verdicts.size(),
            MemoryAccount.UNLIMITED);
    verdicts.forEach(report::verdict);
    proposals.forEach(report::proposal);
    StringBuilder out = new StringBuilder();
    report.write(form, out::append);
    return out.toString();
  }
}
