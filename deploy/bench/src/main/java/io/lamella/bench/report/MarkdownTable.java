package io.lamella.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Writes `results.md`, the report for people.
public final class MarkdownTable {
  private static final double MIB = 1 << 20;

  private MarkdownTable() {}

  public static String of(Report r) {
    StringBuilder out = new StringBuilder(1 << 13);
    out.append("# Size ").append(r.run().data().size().name());
    out.append(", store model ")
        .append(r.run().model())
        .append(", seed ")
        .append(r.run().data().seed());
    out.append(", ").append(r.run().rounds()).append(r.run().rounds() == 1 ? " round" : " rounds");
    out.append("\n\n");
    line(
        out,
        "%,d samples in %,d series entries of %d TSDB blocks, %.1f MiB.",
        r.run().data().counts().samples(),
        r.run().data().counts().series(),
        r.run().data().digests().size(),
        r.conversion().sourceBytes() / MIB);
    Report.ConversionFigures c = r.conversion();
    line(
        out,
        "Converted through the store in %.1f s: %,.0f samples/s, %.1f s of CPU, %.0f MiB peak resident memory, %.1f MiB written: %.2f of the source.",
        c.cost().seconds(),
        c.samplesPerSecond(),
        c.cost().cpuSeconds(),
        c.cost().peakBytes() / MIB,
        c.writtenBytes() / MIB,
        c.ratio());
    for (Map.Entry<String, Report.ServerFigures> s :
        new TreeMap<>(r.servers().measured()).entrySet()) {
      line(
          out,
          "Server %s: ready after %.0f ms, %.0f MiB peak resident memory.",
          s.getKey(),
          s.getValue().readyMillis(),
          s.getValue().peakBytes() / MIB);
    }
    new TreeMap<>(r.servers().absent())
        .forEach((name, why) -> line(out, "Absent: %s, %s.", name, why));
    for (Measurement.Phase p : Measurement.Phase.values()) {
      table(out, p, r.rows().stream().filter(row -> row.group().phase() == p).toList());
    }
    if (!r.failures().isEmpty()) {
      out.append("\n## Failures\n\n");
      r.failures().forEach(f -> out.append("- ").append(f).append('\n'));
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append("  \n");
  }

  private static void table(StringBuilder out, Measurement.Phase phase, List<ResultRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    String name = phase.name().toLowerCase(Locale.ROOT);
    out.append("\n## ").append(name).append("\n\n");
    List<String> header =
        List.of(
            "class",
            "server",
            "n",
            "wrong",
            "p50 ms",
            "p90",
            "p99",
            "medians",
            "round trips",
            "GETs",
            "hedges",
            "KiB",
            "CPU ms",
            "cache hits",
            "$ / 1,000");
    out.append("| ").append(String.join(" | ", header)).append(" |\n|---|---|");
    out.append("--:|".repeat(header.size() - 2)).append('\n');
    for (ResultRow r : rows) {
      out.append("| ").append(String.join(" | ", cells(r))).append(" |\n");
    }
  }

  private static List<String> cells(ResultRow r) {
    List<String> out = new ArrayList<>();
    out.add(r.group().queryClass().replace('_', ' ') + " " + r.group().title());
    out.add(r.group().server());
    out.add(Integer.toString(r.correctness().queries()));
    out.add(Integer.toString(r.correctness().wrong()));
    out.add(number(r.times().p50Millis()));
    out.add(number(r.times().p90Millis()));
    out.add(number(r.times().p99Millis()));
    out.add(number(r.times().medians().min()) + "–" + number(r.times().medians().max()));
    out.add(number(r.store().rounds()));
    out.add(number(r.store().gets()));
    out.add(number(r.caches().getOrDefault("hedges", 0.0)));
    out.add(number(r.store().fetchedKib()));
    out.add(number(r.times().cpuMillis()));
    out.add(r.hitShare() < 0 ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * r.hitShare()));
    out.add(String.format(Locale.ROOT, "%.5f", r.store().dollars()));
    return out;
  }

  static String number(double v) {
    if (v == Math.rint(v)) {
      return String.format(Locale.ROOT, "%,.0f", v);
    }
    return String.format(Locale.ROOT, v < 100 ? "%.1f" : "%,.0f", v);
  }
}
