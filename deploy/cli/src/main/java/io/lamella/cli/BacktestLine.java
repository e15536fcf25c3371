package io.lamella.cli;

import io.lamella.gateway.backtest.BacktestListener.Basis;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.Verdict.Evidence;
import io.lamella.gateway.backtest.Verdict.OffendingSeries;
import io.lamella.gateway.backtest.Verdict.Outcome;
import io.lamella.gateway.backtest.Verdict.Values;
import io.lamella.gateway.backtest.Verdict.Violation;
import io.lamella.gateway.backtest.Window;
import io.lamella.model.LabelsBuilder;
import java.io.IOException;
import java.io.Serial;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/// Reads the lines of a result in NDJSON, and the verdicts of one in JSON.
final class BacktestLine {
  private BacktestLine() {}

  /// A line that is cut, or is something else.
  static final class NotJson extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private NotJson(String text, JacksonException e) {
      super("cannot read a line of the result: not JSON: " + shown(text), e);
    }
  }

  static Map<?, ?> parse(String text) throws IOException {
    try {
      if (JsonTree.parse(text) instanceof Map<?, ?> m) {
        return m;
      }
    } catch (JacksonException e) {
      throw new NotJson(text, e);
    }
    throw new IOException("cannot read a line of the result: no object: " + shown(text));
  }

  private static String shown(String text) {
    return text.substring(0, Math.min(200, text.length()));
  }

  static Basis basis(Map<?, ?> line) throws IOException {
    List<String> blocks = new ArrayList<>();
    list(line, "blocks").forEach(b -> blocks.add(String.valueOf(b)));
    return new Basis(text(line, "request"), text(line, "engine"), blocks);
  }

  /// The verdicts that a result is going to have.
  static long allVerdicts(Map<?, ?> start) throws IOException {
    try {
      return Long.parseLong(text(start, "verdicts"));
    } catch (NumberFormatException e) {
      throw new IOException("cannot read a line of the result: " + start, e);
    }
  }

  /// Windows that history told, as the server found them.
  static List<Window> recordedWindows(Map<?, ?> start) throws IOException {
    List<Window> out = new ArrayList<>();
    try {
      for (Object o : list(start, "recorded_windows")) {
        if (o instanceof Map<?, ?> w) {
          SortedMap<String, List<String>> labels = new TreeMap<>();
          if (w.get("labels") instanceof Map<?, ?> all) {
            for (Object name : all.keySet()) {
              labels.put(
                  String.valueOf(name),
                  list(all, String.valueOf(name)).stream().map(String::valueOf).toList());
            }
          }
          out.add(new Window(text(w, "id"), time(w, "start"), time(w, "end"), labels));
        }
      }
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw new IOException("cannot read a window of the result: " + e.getMessage(), e);
    }
    return out;
  }

  static Verdict verdict(Map<?, ?> line) throws IOException {
    try {
      return new Verdict(
          text(line, "window"),
          line.containsKey("shift_seconds") ? millis(line, "shift_seconds") : 0,
          text(line, "constraint"),
          parameters(line),
          outcome(text(line, "verdict")),
          line.containsKey("first") ? Optional.of(violation(line)) : Optional.empty(),
          line.containsKey("error") ? Optional.of(text(line, "error")) : Optional.empty(),
          line.get("evidence") instanceof Map<?, ?> e
              ? Optional.of(evidence(e))
              : Optional.empty());
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException("cannot read a verdict: " + e.getMessage() + ": " + line, e);
    }
  }

  static SortedMap<String, String> parameters(Map<?, ?> line) {
    SortedMap<String, String> out = new TreeMap<>();
    if (line.get("parameters") instanceof Map<?, ?> all) {
      all.forEach((name, value) -> out.put(String.valueOf(name), String.valueOf(value)));
    }
    return out;
  }

  static Outcome outcome(String text) throws IOException {
    for (Outcome o : Outcome.values()) {
      if (o.text().equals(text)) {
        return o;
      }
    }
    throw new IOException("cannot read a verdict: \"" + text + "\" is none");
  }

  private static Violation violation(Map<?, ?> line) throws IOException {
    if (!line.containsKey("last")) {
      return Violation.firstAt(time(line, "first"));
    }
    List<OffendingSeries> top = new ArrayList<>();
    for (Object o : list(line, "top")) {
      if (o instanceof Map<?, ?> s && s.get("metric") instanceof Map<?, ?> metric) {
        LabelsBuilder labels = new LabelsBuilder();
        metric.forEach((name, value) -> labels.add(String.valueOf(name), String.valueOf(value)));
        top.add(
            new OffendingSeries(
                labels.build(),
                time(s, "first"),
                time(s, "last"),
                millis(s, "total_seconds"),
                number(text(s, "worst")),
                s.containsKey("values") ? Optional.of(values(s)) : Optional.empty()));
      }
    }
    return new Violation(
        time(line, "first"),
        time(line, "last"),
        millis(line, "total_seconds"),
        millis(line, "longest_seconds"),
        number(text(line, "worst")),
        Integer.parseInt(text(line, "series")),
        top);
  }

  private static Values values(Map<?, ?> series) throws IOException {
    List<Double> out = new ArrayList<>();
    for (Object value : list(series, "values")) {
      // All that is no object and no array is read as text.
      String text = String.valueOf(value);
      out.add(text.equals("null") ? Double.NaN : number(text));
    }
    return new Values(time(series, "values_start"), millis(series, "values_step_seconds"), out);
  }

  private static Evidence evidence(Map<?, ?> e) throws IOException {
    return new Evidence(
        text(e, "query"), time(e, "start"), time(e, "end"), millis(e, "step_seconds"));
  }

  static List<?> list(Map<?, ?> line, String name) {
    return line.get(name) instanceof List<?> l ? l : List.of();
  }

  static String text(Map<?, ?> line, String name) throws IOException {
    if (line.get(name) instanceof String s) {
      return s;
    }
    throw new IOException("cannot read a line of the result: no \"" + name + "\": " + line);
  }

  static long time(Map<?, ?> line, String name) throws IOException {
    return Instant.parse(text(line, name)).toEpochMilli();
  }

  static long millis(Map<?, ?> line, String name) throws IOException {
    return new BigDecimal(text(line, name)).movePointRight(3).longValueExact();
  }

  /// A number as in Prometheus' API.
  private static double number(String text) {
    return switch (text) {
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
