package io.lamella.cli;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// An earlier result, to compare with.
record BacktestDiff(Basis basis, Map<Key, Verdict> verdicts) {
  /// What a verdict is about.
  private record Key(
      String window, long shiftMillis, String constraint, SortedMap<String, String> parameters) {
    static Key of(Verdict v) {
      return new Key(v.window(), v.shiftMillis(), v.constraint(), v.parameters());
    }
  }

  /// Reads a result of `-o json`.
  static BacktestDiff read(Path file) throws IOException {
    Map<?, ?> all;
    try {
      all = BacktestLine.parse(Files.readString(file));
    } catch (IOException e) {
      throw new IOException("cannot compare with " + file + ": " + e.getMessage(), e);
    }
    if (!(all.get("data") instanceof Map<?, ?> data)
        || !(data.get("verdicts") instanceof List<?> list)) {
      throw new IOException("cannot compare with " + file + ": it is no result of -o json");
    }
    Map<Key, Verdict> out = new LinkedHashMap<>();
    for (Object o : list) {
      if (o instanceof Map<?, ?> m) {
        Verdict v = BacktestLine.verdict(m);
        out.put(Key.of(v), v);
      }
    }
    return new BacktestDiff(BacktestLine.basis(data), out);
  }

  /// Lists verdicts that changed, came or went.
  void print(BacktestResult result, PrintWriter out) throws IOException {
    Map<Key, Verdict> now = new LinkedHashMap<>();
    result.verdicts().forEach(v -> now.put(Key.of(v), v));
    TextTable table = new TextTable(4, "changed", "constraint", "before", "now");
    int changes = 0;
    for (Map.Entry<Key, Verdict> e : now.entrySet()) {
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
    for (Map.Entry<Key, Verdict> e : verdicts.entrySet()) {
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
