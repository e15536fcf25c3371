package io.lamella.cli;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An earlier result, to compare with.
record BacktestDiff(Basis basis, Map<VerdictKey, Verdict> verdicts) {
  /// Reads a result of `-o json`.
  ///
  /// @throws IOException where it is none, or has a verdict twice
  static BacktestDiff read(Path file) throws IOException {
    try {
      return of(BacktestLine.parse(Files.readString(file)));
    } catch (CharacterCodingException e) {
      throw new IOException("cannot compare with " + file + ": it is not UTF-8", e);
    } catch (IOException e) {
      throw new IOException("cannot compare with " + file + ": " + e.getMessage(), e);
    }
  }

  private static BacktestDiff of(Map<?, ?> all) throws IOException {
    if (!(all.get("data") instanceof Map<?, ?> data)
        || !(data.get("verdicts") instanceof List<?> list)) {
      throw new IOException("it is no result of -o json");
    }
    Map<VerdictKey, Verdict> out = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof Map<?, ?> m)) {
        throw new IOException("verdicts[" + i + "] is no object");
      }
      Verdict v = BacktestLine.verdict(m);
      if (out.put(VerdictKey.of(v), v) != null) {
        throw new IOException(
            "verdicts["
                + i
                + "] is a second one of constraint \""
                + v.constraint()
                + "\" on window \""
                + v.window()
                + "\"");
      }
    }
    return new BacktestDiff(BacktestLine.basis(data), out);
  }

  /// Lists verdicts that changed, came or went.
  void print(BacktestResult result, PrintWriter out) throws IOException {
    Map<VerdictKey, Verdict> now = new LinkedHashMap<>();
    result.verdicts().forEach(v -> now.put(VerdictKey.of(v), v));
    TextTable table = new TextTable(4, "changed", "constraint", "before", "now");
    int changes = 0;
    for (Map.Entry<VerdictKey, Verdict> e : now.entrySet()) {
      Verdict before = verdicts.get(e.getKey());
      if (before == null || before.outcome() != e.getValue().outcome()) {
        add(
            table,
            e.getValue(),
            before == null ? "-" : before.outcome().text(),
            e.getValue().outcome().text());
        changes++;
      }
    }
    for (Map.Entry<VerdictKey, Verdict> e : verdicts.entrySet()) {
      if (!now.containsKey(e.getKey())) {
        add(table, e.getValue(), e.getValue().outcome().text(), "-");
        changes++;
      }
    }
    out.println();
    out.println(changes + " verdicts changed" + reasons(result.basis()));
    if (changes > 0) {
      table.print(out);
    }
  }

  private static void add(TextTable table, Verdict v, String before, String now) {
    table.add(BacktestTable.window(v), BacktestTable.constraint(v), before, now);
  }

  private String reasons(Basis now) {
    return (now.request().equals(basis.request()) ? "" : "; the request is another")
        + (now.blocks().equals(basis.blocks()) ? "" : "; the blocks are others")
        + (now.engine().equals(basis.engine()) ? "" : "; the engine is another");
  }
}
