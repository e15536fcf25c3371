package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.promql.ast.Numbers;

/// Other times for a window, in words.
public final class ProposalText {
  private ProposalText() {}

  /// Such as `2025-06-02T02:00:00Z, 1h later`.
  public static String slot(Slot s) {
    return VerdictJson.time(s.startMillis())
        + ", "
        + Numbers.duration(Math.abs(s.movedMillis()))
        + (s.movedMillis() < 0 ? " earlier" : " later");
  }

  /// Why a slot is not proposed.
  public static String reason(Reason reason) {
    return switch (reason) {
      case Reason.OutOfRange _ -> "outside of the times that the request allows";
      case Reason.OutOfHours _ -> "quiet hours";
      case Reason.NoHistory _ -> "no history";
      case Reason.Judged j -> judged(j);
    };
  }

  private static String judged(Reason.Judged j) {
    String rule = j.parameters().isEmpty() ? j.constraint() : j.constraint() + " " + j.parameters();
    String shift =
        j.shiftMillis() == 0 ? "" : ", shifted by " + Numbers.plain(j.shiftMillis() / 1000.0) + "s";
    String what =
        switch (j.outcome()) {
          case OK -> "ok";
          case CONFLICT ->
              j.firstMillis()
                  .map(t -> "violated from " + VerdictJson.time(t))
                  .orElse("in conflict without data");
          case NO_DATA -> "no data";
          case ERROR -> j.error().orElse("error");
        };
    return rule + ": " + what + shift;
  }
}
