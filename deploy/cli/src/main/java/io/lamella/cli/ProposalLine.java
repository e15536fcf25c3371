package io.lamella.cli;

import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the lines of a result in NDJSON that propose other times.
final class ProposalLine {
  private ProposalLine() {}

  static Proposal proposal(Map<?, ?> line) throws IOException {
    try {
      List<Slot> slots = new ArrayList<>();
      for (Object o : BacktestLine.list(line, "slots")) {
        if (o instanceof Map<?, ?> s) {
          slots.add(slot(s));
        }
      }
      List<Rejected> rejected = new ArrayList<>();
      for (Object o : BacktestLine.list(line, "rejected")) {
        if (o instanceof Map<?, ?> s) {
          rejected.add(new Rejected(slot(s), reason(s)));
        }
      }
      return new Proposal(BacktestLine.text(line, "window"), slots, rejected);
    } catch (DateTimeException | NumberFormatException | ArithmeticException e) {
      throw new IOException("cannot read a proposal: " + e.getMessage() + ": " + line, e);
    }
  }

  private static Slot slot(Map<?, ?> s) throws IOException {
    return new Slot(
        BacktestLine.time(s, "start"),
        BacktestLine.time(s, "end"),
        BacktestLine.millis(s, "moved_seconds"));
  }

  private static Reason reason(Map<?, ?> s) throws IOException {
    String text = BacktestLine.text(s, "reason");
    for (Reason r :
        List.of(new Reason.OutOfRange(), new Reason.OutOfHours(), new Reason.NoHistory())) {
      if (r.text().equals(text)) {
        return r;
      }
    }
    return new Reason.Judged(
        s.containsKey("shift_seconds") ? BacktestLine.millis(s, "shift_seconds") : 0,
        BacktestLine.text(s, "constraint"),
        BacktestLine.parameters(s),
        BacktestLine.outcome(text),
        s.containsKey("first") ? Optional.of(BacktestLine.time(s, "first")) : Optional.empty(),
        s.containsKey("error") ? Optional.of(BacktestLine.text(s, "error")) : Optional.empty());
  }
}
