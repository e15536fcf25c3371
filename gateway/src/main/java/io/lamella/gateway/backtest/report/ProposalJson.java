package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Proposal.Reason;
import io.lamella.gateway.backtest.Proposal.Rejected;
import io.lamella.gateway.backtest.Proposal.Slot;
import io.lamella.model.JsonQuote;
import java.util.List;

/// Other times for a window in conflict, as JSON.
public final class ProposalJson {
  private ProposalJson() {}

  /// A line of a stream.
  public static String proposal(Proposal p) {
    StringBuilder out = new StringBuilder();
    proposal(out, p, "{\"type\":\"proposal\",");
    return out.toString();
  }

  static void proposal(StringBuilder out, Proposal p, String begin) {
    out.append(begin).append("\"window\":").append(JsonQuote.quote(p.window()));
    String before = ",\"slots\":[";
    for (Slot s : p.slots()) {
      slot(out.append(before), s);
      out.append('}');
      before = ",";
    }
    out.append(p.slots().isEmpty() ? ",\"slots\":[]" : "]");
    rejected(out, p.rejected());
    out.append('}');
  }

  private static void rejected(StringBuilder out, List<Rejected> all) {
    String before = ",\"rejected\":[";
    for (Rejected r : all) {
      slot(out.append(before), r.slot());
      VerdictJson.member(out, "reason", r.reason().text());
      switch (r.reason()) {
        case Reason.OutOfRange _, Reason.OutOfHours _, Reason.NoHistory _ -> {}
        case Reason.Judged j -> judged(out, j);
      }
      out.append('}');
      before = ",";
    }
    out.append(all.isEmpty() ? ",\"rejected\":[]" : "]");
  }

  private static void judged(StringBuilder out, Reason.Judged j) {
    if (j.shiftMillis() != 0) {
      out.append(",\"shift_seconds\":");
      VerdictJson.seconds(out, j.shiftMillis());
    }
    VerdictJson.member(out, "constraint", j.constraint());
    if (!j.parameters().isEmpty()) {
      out.append(",\"parameters\":");
      VerdictJson.members(out, j.parameters());
    }
    j.firstMillis().ifPresent(t -> VerdictJson.member(out, "first", VerdictJson.time(t)));
    j.error().ifPresent(e -> VerdictJson.member(out, "error", e));
  }

  /// Begins an object.
  private static void slot(StringBuilder out, Slot s) {
    out.append("{\"start\":").append(JsonQuote.quote(VerdictJson.time(s.startMillis())));
    VerdictJson.member(out, "end", VerdictJson.time(s.endMillis()));
    out.append(",\"moved_seconds\":");
    VerdictJson.seconds(out, s.movedMillis());
  }
}
