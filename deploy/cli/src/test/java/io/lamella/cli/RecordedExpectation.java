package io.lamella.cli;

import io.lamella.model.JsonQuote;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Prints a result of the oracle as the lines below an eval. Numbers are copied as the oracle
/// writes them, which is the shortest text that parses to the same bits.
final class RecordedExpectation {
  /// Queries whose instant result is sorted by the query.
  private static final Pattern SORTED =
      Pattern.compile("(sort|sort_desc|sort_by_label|sort_by_label_desc|topk|bottomk)\\s*\\(.*\\)");

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern PLAIN_LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final JsonNode result;
  private final String query;

  RecordedExpectation(JsonNode result) {
    this.result = result;
    this.query = result.get("query").asString();
  }

  List<String> lines() {
    List<String> out = new ArrayList<>();
    if (result.get("status").asString().equals("error")) {
      String error = result.get("error").asString();
      if (error.contains("parse error") || error.startsWith("unexpected error")) {
        throw new IllegalStateException(query + ": " + error);
      }
      // The script language drops spaces at the end of a line.
      out.add(
          error.endsWith(" ")
              ? "expect fail regex: ^\\Q" + error.strip() + "\\E[ ]$"
              : "expect fail msg: " + error);
      return out;
    }
    for (JsonNode w : result.path("warnings")) {
      out.add("expect warn msg: " + w.asString());
    }
    for (JsonNode i : result.path("infos")) {
      out.add("expect info msg: " + i.asString());
    }
    JsonNode value = result.get("result");
    switch (result.get("resultType").asString()) {
      case "string" -> out.add("expect string " + quoted(value.get(1).asString()));
      case "scalar" -> out.add(value.get(1).asString());
      case "vector" -> vector(value, out);
      default -> matrix(value, out);
    }
    return out;
  }

  private void vector(JsonNode value, List<String> out) {
    List<String> series = new ArrayList<>();
    for (JsonNode s : value) {
      series.add(metric(s.get("metric")) + " " + item(s));
    }
    if (series.size() > 1 && SORTED.matcher(query).matches()) {
      out.add("expect ordered");
    } else {
      series.sort(null);
    }
    out.addAll(series);
  }

  private static String item(JsonNode sample) {
    return sample.has("value")
        ? sample.get("value").get(1).asString()
        : histogram(sample.get("histogram").get(1).asString());
  }

  /// Adds the counter reset hint to the text of a histogram, so that it is compared.
  private static String histogram(String text) {
    return text.contains("counter_reset_hint")
        ? text
        : text.equals("{{}}")
            ? "{{counter_reset_hint:unknown}}"
            : text.replace("}}", " counter_reset_hint:unknown}}");
  }

  private void matrix(JsonNode value, List<String> out) {
    long start = result.get("start").asLong();
    long end = result.get("end").asLong();
    long step = result.get("step").asLong();
    List<TreeMap<Long, String>> all = new ArrayList<>();
    for (JsonNode s : value) {
      TreeMap<Long, String> items = new TreeMap<>();
      s.path("values").forEach(p -> items.put(millis(p), p.get(1).asString()));
      s.path("histograms").forEach(p -> items.put(millis(p), histogram(p.get(1).asString())));
      all.add(items);
    }
    if (step == 0) {
      // A range vector: the step is the largest that meets every sample.
      for (TreeMap<Long, String> items : all) {
        for (long t : items.keySet()) {
          step = gcd(step, end - t);
          start = Math.min(start, t);
        }
      }
      step = Math.max(step, 1);
      out.add(
          "expect range vector from %s to %s step %s"
              .formatted(duration(start), duration(end), duration(step)));
    }
    for (int i = 0; i < all.size(); i++) {
      out.add(metric(value.get(i).get("metric")) + items(all.get(i), start, step));
    }
  }

  private static String items(TreeMap<Long, String> items, long start, long step) {
    StringBuilder out = new StringBuilder();
    long next = start;
    for (Map.Entry<Long, String> e : items.entrySet()) {
      long gaps = (e.getKey() - next) / step;
      if (gaps > 0) {
        out.append(gaps == 1 ? " _" : " _x" + gaps);
      }
      out.append(' ').append(e.getValue());
      next = e.getKey() + step;
    }
    return out.toString();
  }

  private static long millis(JsonNode point) {
    return point.get(0).decimalValue().multiply(BigDecimal.valueOf(1_000)).longValueExact();
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static String duration(long millis) {
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  private static String metric(JsonNode metric) {
    String name = metric.path("__name__").asString("");
    boolean plain = PLAIN_NAME.matcher(name).matches();
    List<String> parts = new ArrayList<>();
    if (!plain && !name.isEmpty()) {
      parts.add(quoted(name));
    }
    metric
        .properties()
        .forEach(e -> {
          if (!e.getKey().equals("__name__")) {
            boolean bare = PLAIN_LABEL.matcher(e.getKey()).matches();
            parts.add(
                (bare ? e.getKey() : quoted(e.getKey())) + "=" + quoted(e.getValue().asString()));
          }
        });
    String braces = "{" + String.join(", ", parts) + "}";
    return plain ? name + (parts.isEmpty() ? "" : braces) : braces;
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    JsonQuote.append(out, text);
    return out.toString();
  }
}
