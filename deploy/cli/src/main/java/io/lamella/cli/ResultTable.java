package io.lamella.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/// Prints a query result of the HTTP API as a table: one line per sample, labels first. Long
/// results are truncated, with a note.
public final class ResultTable {
  private static final int MAX_SERIES = 40;
  private static final int MAX_SAMPLES = 8;

  private ResultTable() {}

  /// @param json the body of a response, a success or an error
  /// @param out receives the table; `err` receives errors, warnings and infos
  public static void print(String json, PrintWriter out, PrintWriter err) throws IOException {
    Object response;
    try {
      response = JsonTree.parse(json);
    } catch (JacksonException e) {
      throw new IOException(
          "cannot read the response: not JSON: " + json.substring(0, Math.min(200, json.length())),
          e);
    }
    if (!(response instanceof Map<?, ?> m) || !"success".equals(m.get("status"))) {
      err.println(response instanceof Map<?, ?> e ? "error: " + e.get("error") : json);
      err.flush();
      return;
    }
    for (String kind : List.of("warnings", "infos")) {
      if (m.get(kind) instanceof List<?> lines) {
        lines.forEach(err::println);
      }
    }
    err.flush();
    if (!(m.get("data") instanceof Map<?, ?> data)) {
      return;
    }
    List<String[]> rows = new ArrayList<>();
    Object result = data.get("result");
    if (result instanceof List<?> list
        && ("vector".equals(data.get("resultType")) || "matrix".equals(data.get("resultType")))) {
      for (Object element : list.subList(0, Math.min(MAX_SERIES, list.size()))) {
        if (element instanceof Map<?, ?> e) {
          series(e, rows);
        }
      }
      table(rows, out);
      if (list.isEmpty()) {
        out.println("(nothing)");
      } else if (list.size() > MAX_SERIES) {
        out.println("… " + (list.size() - MAX_SERIES) + " more series");
      }
    } else if (result instanceof List<?> point) {
      out.println(point.get(1));
    }
  }

  private static void series(Map<?, ?> e, List<String[]> rows) {
    String labels = labels(e.get("metric"));
    for (String single : List.of("value", "histogram")) {
      if (e.get(single) instanceof List<?> point) {
        rows.add(row(labels, point));
      }
    }
    for (String many : List.of("values", "histograms")) {
      if (e.get(many) instanceof List<?> points) {
        for (int i = 0; i < points.size(); i++) {
          if (i == MAX_SAMPLES / 2 && points.size() > MAX_SAMPLES) {
            rows.add(new String[] {"", "… " + (points.size() - MAX_SAMPLES) + " more", ""});
            i = points.size() - MAX_SAMPLES / 2;
          }
          if (points.get(i) instanceof List<?> point) {
            rows.add(row(i == 0 ? labels : "", point));
          }
        }
      }
    }
  }

  private static String[] row(String labels, List<?> point) {
    String time = String.valueOf(point.get(0));
    Instant at = Instant.ofEpochMilli(new java.math.BigDecimal(time).movePointRight(3).longValue());
    return new String[] {labels, at.toString(), String.valueOf(point.get(1))};
  }

  private static String labels(@org.jspecify.annotations.Nullable Object metric) {
    if (!(metric instanceof Map<?, ?> m)) {
      return "{}";
    }
    StringBuilder out = new StringBuilder();
    Object name = m.get("__name__");
    if (name != null) {
      out.append(name);
    }
    String open = "{";
    for (Map.Entry<?, ?> l : m.entrySet()) {
      if (!"__name__".equals(l.getKey())) {
        out.append(open).append(l.getKey()).append("=\"").append(l.getValue()).append('"');
        open = ", ";
      }
    }
    return out.append(open.equals("{") ? name == null ? "{}" : "" : "}").toString();
  }

  private static void table(List<String[]> rows, PrintWriter out) {
    int[] widths = new int[3];
    for (String[] r : rows) {
      for (int i = 0; i < 3; i++) {
        widths[i] = Math.max(widths[i], r[i].length());
      }
    }
    for (String[] r : rows) {
      out.printf(
          "%-"
              + Math.max(1, Math.min(100, widths[0]))
              + "s  %-"
              + Math.max(1, widths[1])
              + "s  %"
              + Math.max(1, widths[2])
              + "s%n",
          r[0],
          r[1],
          r[2]);
    }
  }
}
