package io.lamella.gateway.backtest.report;

import io.lamella.gateway.backtest.Backtest;
import io.lamella.gateway.backtest.BacktestException;
import io.lamella.gateway.backtest.BacktestListener;
import io.lamella.gateway.backtest.Proposal;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.gateway.backtest.Window;
import io.lamella.promql.MemoryAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Collects a whole result, and writes it in one of several forms. Verdicts are in the order of the
/// windows of the request, then by shift, then in the order of its constraints.
public final class BacktestReport implements BacktestListener {
  /// More are only streamed.
  private static final int MAX_VERDICTS = 500_000;

  private static final int VERDICT_BYTES = 400;
  private static final int SERIES_BYTES = 300;
  private static final int VALUE_BYTES = 28;
  private static final int SLOT_BYTES = 300;

  /// The most values of a series that a page draws.
  public static final int DRAWN_VALUES = 96;

  /// The forms of a report.
  public enum Form {
    JSON("json", "application/json"),
    JUNIT("junit", "application/xml"),
    HTML("html", "text/html; charset=utf-8");

    private final String name;
    private final String contentType;

    Form(String name, String contentType) {
      this.name = name;
      this.contentType = contentType;
    }

    public String contentType() {
      return contentType;
    }

    /// The form of this name.
    public static Optional<Form> of(String name) {
      for (Form f : values()) {
        if (f.name.equals(name)) {
          return Optional.of(f);
        }
      }
      return Optional.empty();
    }
  }

  /// Where the text of a report goes.
  @FunctionalInterface
  public interface Output {
    void write(String text) throws IOException;
  }

  private final Backtest backtest;
  private final Basis basis;
  private final MemoryAccount memory;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Proposal> proposals = new ArrayList<>();
  private final Summary summary = new Summary();

  /// @param memory where the memory of verdicts is reserved
  /// @throws BacktestException where the report would be too large
  public BacktestReport(Backtest backtest, Basis basis, long verdicts, MemoryAccount memory) {
    if (verdicts > MAX_VERDICTS) {
      throw new BacktestException(
          "windows",
          verdicts + " verdicts, limit " + MAX_VERDICTS + " of a report; ask for format=ndjson");
    }
    this.backtest = backtest;
    this.basis = basis;
    this.memory = memory;
  }

  @Override
  public void verdict(Verdict v) {
    memory.reserve(bytes(v));
    verdicts.add(v);
    summary.add(v);
  }

  /// About the memory of a verdict.
  static long bytes(Verdict v) {
    long texts =
        v.error().map(String::length).orElse(0)
            + v.evidence().map(e -> e.query().length()).orElse(0);
    long listed = 0;
    for (OffendingSeries s : v.violation().map(Violation::top).orElse(List.of())) {
      listed +=
          SERIES_BYTES + (long) VALUE_BYTES * s.values().map(x -> x.values().size()).orElse(0);
    }
    return VERDICT_BYTES + 2 * texts + listed;
  }

  @Override
  public void proposal(Proposal p) {
    memory.reserve(VERDICT_BYTES + (long) SLOT_BYTES * (p.slots().size() + p.rejected().size()));
    proposals.add(p);
  }

  /// Writes the report.
  public void write(Form form, Output to) throws IOException {
    switch (form) {
      case JSON -> ReportJson.write(basis, sorted(), proposals, summary, to);
      case JUNIT -> ReportJunit.write(sorted(), proposals, to);
      case HTML -> new ReportHtml(backtest, basis).write(sorted(), proposals, to);
    }
  }

  private List<Verdict> sorted() {
    Map<String, Integer> windows = new HashMap<>();
    for (Window w : backtest.windows()) {
      windows.put(w.id(), windows.size());
    }
    Map<String, Integer> constraints = new HashMap<>();
    backtest.constraints().forEach(c -> constraints.put(c.name(), constraints.size()));
    List<Verdict> out = new ArrayList<>(verdicts);
    out.sort(
        Comparator.comparingInt((Verdict v) -> windows.getOrDefault(v.window(), 0))
            .thenComparingLong(Verdict::shiftMillis)
            .thenComparingInt(v -> constraints.getOrDefault(v.constraint(), 0)));
    return out;
  }
}
