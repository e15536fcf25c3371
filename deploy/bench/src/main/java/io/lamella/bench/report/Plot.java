package io.lamella.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An SVG plot of query times: for each class and server a bar up to p50 and a line up to p90, in
/// milliseconds on a logarithmic scale.
public final class Plot {
  private static final int LEFT = 230;
  private static final int WIDTH = 620;
  private static final int BAR = 12;
  private static final double MIN_MILLIS = 0.1;
  private static final String[] COLOURS = {"#1f6f8b", "#e07a5f", "#81b29a", "#3d405b", "#f2cc8f"};

  private Plot() {}

  public static String of(Report report, Measurement.Phase phase) {
    List<ResultRow> rows = report.rows().stream().filter(r -> r.group().phase() == phase).toList();
    List<String> servers =
        new ArrayList<>(rows.stream().map(r -> r.group().server()).distinct().toList());
    double max = rows.stream().mapToDouble(r -> r.times().p90Millis()).max().orElse(1);
    double decades = Math.ceil(Math.log10(Math.max(1, max) / MIN_MILLIS));
    int height = 60 + rows.size() * (BAR + 4) + 30;
    StringBuilder out = new StringBuilder(1 << 13);
    write(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">%n",
        LEFT + WIDTH + 30,
        height);
    write(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
    write(
        out,
        "<text x=\"10\" y=\"18\" font-size=\"14\">%s, size %s, store %s: p50 and p90, ms</text>%n",
        phase.name().toLowerCase(Locale.ROOT),
        escape(report.run().data().size().name()),
        escape(report.run().model()));
    for (int i = 0; i < servers.size(); i++) {
      write(
          out,
          "<rect x=\"%d\" y=\"26\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"35\">%s</text>%n",
          LEFT + 110 * i,
          COLOURS[i % COLOURS.length],
          LEFT + 14 + 110 * i,
          escape(servers.get(i)));
    }
    for (int d = 0; d <= decades; d++) {
      double x = LEFT + WIDTH * d / decades;
      write(
          out,
          "<line x1=\"%.1f\" y1=\"44\" x2=\"%.1f\" y2=\"%d\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
          x,
          x,
          height - 26,
          x,
          height - 10,
          MarkdownTable.number(MIN_MILLIS * Math.pow(10, d)));
    }
    int y = 50;
    for (ResultRow r : rows) {
      bar(out, r, y, COLOURS[servers.indexOf(r.group().server()) % COLOURS.length], decades);
      y += BAR + 4;
    }
    return out.append("</svg>\n").toString();
  }

  private static double at(double millis, double decades) {
    double share = Math.log10(Math.max(MIN_MILLIS, millis) / MIN_MILLIS) / decades;
    return LEFT + WIDTH * share;
  }

  private static void bar(StringBuilder out, ResultRow r, int y, String colour, double decades) {
    double p50 = at(r.times().p50Millis(), decades);
    write(
        out,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
        LEFT - 6,
        y + BAR - 2,
        escape(r.group().queryClass().replace('_', ' ') + " " + r.group().title()));
    write(
        out,
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
        LEFT,
        y,
        p50 - LEFT,
        BAR,
        colour);
    write(
        out,
        "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>%n",
        p50,
        y + BAR / 2,
        at(r.times().p90Millis(), decades),
        y + BAR / 2);
  }

  private static void write(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values));
  }

  private static String escape(String s) {
    return s.replace("&", "&amp;").replace("<", "&lt;");
  }
}
