package io.lamella.bench.report;

import io.lamella.model.JsonQuote;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Writes `results.json`.
public final class ResultsJson {
  private final StringBuilder out = new StringBuilder(1 << 14);

  private ResultsJson() {}

  public static String of(Report r) {
    ResultsJson w = new ResultsJson();
    w.report(r);
    return w.out.append('\n').toString();
  }

  private void report(Report r) {
    out.append("{\n  \"size\": ");
    JsonQuote.append(out, r.data().size().name());
    out.append(",\n  \"seed\": ").append(r.data().seed());
    out.append(",\n  \"samples\": ").append(r.data().counts().samples());
    out.append(",\n  \"model\": ");
    JsonQuote.append(out, r.model());
    out.append(",\n  \"rounds\": ").append(r.rounds());
    out.append(",\n  \"blocks\": ");
    texts(r.data().digests());
    Report.ConversionFigures c = r.conversion();
    out.append(",\n  \"conversion\": {");
    number("seconds", c.seconds());
    number("samplesPerSecond", c.samplesPerSecond());
    number("cpuSeconds", c.cpuSeconds());
    number("peakBytes", c.peakBytes());
    number("sourceBytes", c.sourceBytes());
    number("writtenBytes", c.writtenBytes());
    end("}");
    out.append(",\n  \"servers\": {");
    for (Map.Entry<String, Report.ServerFigures> s : new TreeMap<>(r.servers()).entrySet()) {
      JsonQuote.append(out, s.getKey());
      out.append(": {\"url\": ");
      JsonQuote.append(out, s.getValue().url());
      out.append(", ");
      number("readyMillis", s.getValue().readyMillis());
      number("peakBytes", s.getValue().peakBytes());
      end("}, ");
    }
    end("}");
    out.append(",\n  \"absent\": ");
    texts(r.absent());
    out.append(",\n  \"failures\": [");
    for (String f : r.failures()) {
      JsonQuote.append(out, f);
      out.append(", ");
    }
    end("]");
    out.append(",\n  \"rows\": [");
    for (ResultRow row : r.rows()) {
      out.append("\n    ");
      row(row);
      out.append(", ");
    }
    end("\n  ]");
    out.append("\n}");
  }

  private void row(ResultRow r) {
    out.append("{\"class\": ");
    JsonQuote.append(out, r.queryClass());
    out.append(", \"title\": ");
    JsonQuote.append(out, r.title());
    out.append(", \"phase\": ");
    JsonQuote.append(out, r.phase().name().toLowerCase(Locale.ROOT));
    out.append(", \"server\": ");
    JsonQuote.append(out, r.server());
    out.append(", ");
    number("queries", r.queries());
    number("wrong", r.wrong());
    number("p50Millis", r.p50Millis());
    number("p90Millis", r.p90Millis());
    number("p99Millis", r.p99Millis());
    number("minMedianMillis", r.medians().min());
    number("maxMedianMillis", r.medians().max());
    number("rounds", r.rounds());
    number("gets", r.gets());
    number("maxGets", r.maxGets());
    number("fetchedKib", r.fetchedKib());
    number("cpuMillis", r.cpuMillis());
    number("dollarsPer1000", r.dollars());
    out.append("\"caches\": {");
    new TreeMap<>(r.caches()).forEach(this::number);
    end("}");
    out.append('}');
  }

  private void number(String name, double value) {
    JsonQuote.append(out, name);
    out.append(": ");
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(String.format(Locale.ROOT, "%.6g", value));
    }
    out.append(", ");
  }

  private void texts(Map<String, String> texts) {
    out.append('{');
    for (Map.Entry<String, String> t : new TreeMap<>(texts).entrySet()) {
      JsonQuote.append(out, t.getKey());
      out.append(": ");
      JsonQuote.append(out, t.getValue());
      out.append(", ");
    }
    end("}");
  }

  /// Takes the last comma back and closes.
  private void end(String bracket) {
    if (out.substring(out.length() - 2).equals(", ")) {
      out.setLength(out.length() - 2);
    }
    out.append(bracket);
  }
}
