package io.lamella.promql.real;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramBuckets;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.VectorSample;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.Numbers;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Compares our results with recorded results of Prometheus' engine: numbers within a tolerance, -0
/// and 0 as different, everything else exactly. The order of instant vectors is compared where the
/// query sorts: by `sort*`, `topk` or `bottomk`. Elements with equal values may be in any order.
public final class RecordedAnswers {
  private final PromqlEngine engine;
  private final SeriesSource source;
  private final double tolerance;

  /// Compares with a tolerance of 1e-9.
  public RecordedAnswers(SeriesSource source, Set<Feature> more) {
    this(source, more, 1e-9);
  }

  /// @param tolerance by how much numbers may differ, relative to the larger; 0 compares exactly
  public RecordedAnswers(SeriesSource source, Set<Feature> more, double tolerance) {
    this(source, more, tolerance, Workers.NONE);
  }

  public RecordedAnswers(
      SeriesSource source, Set<Feature> more, double tolerance, Workers workers) {
    this.tolerance = tolerance;
    Set<Feature> features =
        EnumSet.of(
            Feature.EXPERIMENTAL_FUNCTIONS,
            Feature.EXTENDED_RANGE_SELECTORS,
            Feature.BINOP_FILL_MODIFIERS);
    features.addAll(more);
    EngineOptions d = EngineOptions.defaults();
    this.engine =
        new PromqlEngine(
            new EngineOptions(
                d.lookback(), d.timeout(), d.maxSamples(), d.subqueryStep(), features),
            workers);
    this.source = source;
  }

  /// The difference, empty for none. Unexpected errors are bugs of Prometheus and not compared.
  public String compare(JsonNode recorded) {
    boolean fails = recorded.get("status").asString().equals("error");
    if (fails && recorded.get("error").asString().startsWith("unexpected error")) {
      return "";
    }
    QueryResult result;
    try {
      result = evaluate(recorded);
    } catch (QueryException e) {
      String text = String.valueOf(e.getMessage());
      if (!fails) {
        return "failed: " + text;
      }
      String want = recorded.get("error").asString();
      return want.equals(text) ? "" : "error: want " + want + "\n       got " + text;
    }
    if (fails) {
      return "want error " + recorded.get("error").asString();
    }
    String type = recorded.get("resultType").asString();
    if (!type.equals(result.value().type())) {
      return "type " + result.value().type();
    }
    String notes = annotations(recorded, result);
    String value = value(recorded, result.value());
    return value.isEmpty() ? notes : value;
  }

  private QueryResult evaluate(JsonNode r) {
    QueryLimits limits =
        r.has("lookback") && r.get("lookback").asLong() > 0
            ? new QueryLimits(
                Optional.of(Duration.ofMillis(r.get("lookback").asLong())), Optional.empty())
            : QueryLimits.NONE;
    String query = r.get("query").asString();
    long start = r.get("start").asLong();
    long step = r.get("step").asLong();
    return step == 0
        ? engine.instant(source, query, start, limits)
        : engine.range(source, query, start, r.get("end").asLong(), step, limits);
  }

  private static String annotations(JsonNode r, QueryResult result) {
    String w = texts("warnings", r.get("warnings"), result.warnings());
    return w.isEmpty() ? texts("infos", r.get("infos"), result.infos()) : w;
  }

  private static String texts(
      String kind, @org.jspecify.annotations.Nullable JsonNode want, List<String> got) {
    Set<String> expected = new TreeSet<>();
    if (want != null) {
      for (JsonNode n : want) {
        expected.add(n.asString());
      }
    }
    Set<String> actual = new TreeSet<>(got);
    return expected.equals(actual) ? "" : kind + ": want " + expected + "\n       got " + actual;
  }

  private String value(JsonNode r, Value value) {
    JsonNode want = r.get("result");
    return switch (value) {
      case Value.Scalar s -> sample(want, s.timeMillis(), s.value(), null);
      case Value.Text t -> want.get(1).asString().equals(t.value()) ? "" : "text";
      case Value.Vector v -> vector(r.get("query").asString(), want, v.samples());
      case Value.Matrix m -> matrix(want, m.series());
    };
  }

  private String vector(String query, JsonNode want, List<VectorSample> got) {
    Map<String, JsonNode> expected = new TreeMap<>();
    List<String> expectedOrder = new ArrayList<>();
    for (JsonNode n : want) {
      String labels = metric(n.get("metric"));
      expected.put(labels, n);
      expectedOrder.add(labels);
    }
    List<String> order = new ArrayList<>();
    for (VectorSample s : got) {
      String labels = s.labels().toMap().toString();
      order.add(labels);
      JsonNode n = expected.get(labels);
      if (n == null) {
        return "series " + labels + " is too many; want " + expectedOrder;
      }
      String kind = s.histogram() == null ? "value" : "histogram";
      if (!n.has(kind)) {
        return "kind of " + labels;
      }
      String d = sample(n.get(kind), s.timeMillis(), s.value(), s.histogram());
      if (!d.isEmpty()) {
        return labels + ": " + d;
      }
    }
    if (order.size() != expectedOrder.size()) {
      return "want series " + expectedOrder + "\n       got " + order;
    }
    boolean isOrdered =
        switch (SortOrder.of(engine.parse(query))) {
          case NONE -> true;
          case BY_LABELS -> order.equals(expectedOrder);
          case BY_VALUE -> hasOrderOfValues(want, got);
        };
    return isOrdered ? "" : "order: want " + expectedOrder + "\n       got " + order;
  }

  /// True where the values at each position are equal; elements with equal values may be exchanged.
  private boolean hasOrderOfValues(JsonNode want, List<VectorSample> got) {
    for (int i = 0; i < got.size(); i++) {
      JsonNode value = want.get(i).get("value");
      boolean isFloat = got.get(i).histogram() == null;
      if ((value != null) != isFloat
          || value != null && !number(value.get(1).asString(), got.get(i).value())) {
        return false;
      }
    }
    return true;
  }

  private static String metric(JsonNode metric) {
    TreeMap<String, String> map = new TreeMap<>(io.lamella.model.Utf8Order.COMPARATOR);
    metric.properties().forEach(e -> map.put(e.getKey(), e.getValue().asString()));
    return map.toString();
  }

  private String matrix(JsonNode want, List<MatrixSeries> got) {
    List<String> a = new ArrayList<>();
    List<String> b = new ArrayList<>();
    for (JsonNode n : want) {
      a.add(metric(n.get("metric")));
    }
    for (MatrixSeries s : got) {
      b.add(s.labels().toMap().toString());
    }
    if (!a.equals(b)) {
      return "want series " + a + "\n       got " + b;
    }
    for (int i = 0; i < got.size(); i++) {
      String d = series(want.get(i), got.get(i));
      if (!d.isEmpty()) {
        return b.get(i) + ": " + d;
      }
    }
    return "";
  }

  private String series(JsonNode want, MatrixSeries got) {
    int f = 0;
    int h = 0;
    JsonNode floats = want.get("values");
    JsonNode histograms = want.get("histograms");
    for (int i = 0; i < got.size(); i++) {
      Histogram x = got.histogramAt(i);
      JsonNode list = x == null ? floats : histograms;
      int at = x == null ? f++ : h++;
      if (list == null || at >= list.size()) {
        return "sample at " + got.times()[i] + " is too many";
      }
      String d = sample(list.get(at), got.times()[i], got.values()[i], x);
      if (!d.isEmpty()) {
        return d;
      }
    }
    int expected =
        (floats == null ? 0 : floats.size()) + (histograms == null ? 0 : histograms.size());
    return expected == got.size() ? "" : "want " + expected + " samples, got " + got.size();
  }

  private String sample(
      JsonNode want, long time, double value, @org.jspecify.annotations.Nullable Histogram h) {
    if (Math.round(want.get(0).asDouble() * 1000) != time) {
      return "time: want " + want.get(0) + " got " + time;
    }
    JsonNode w = want.get(1);
    if (h == null) {
      return number(w.asString(), value)
          ? ""
          : "at " + time + ": want " + w.asString() + " got " + Numbers.plain(value);
    }
    return histogram(w, h);
  }

  private boolean number(String want, double got) {
    double w =
        switch (want) {
          case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
          case "-Inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(want);
        };
    if (w != w || got != got) {
      return w != w && got != got;
    }
    if (w == 0 && got == 0) {
      return Double.doubleToLongBits(w) == Double.doubleToLongBits(got);
    }
    return w == got
        || Math.abs(w - got) <= tolerance * Math.max(1e-3, Math.max(Math.abs(w), Math.abs(got)));
  }

  private String histogram(JsonNode want, Histogram got) {
    if (!number(want.get("count").asString(), got.count())) {
      return "count: want " + want.get("count") + " got " + got.count();
    }
    if (!number(want.get("sum").asString(), got.sum())) {
      return "sum: want " + want.get("sum") + " got " + got.sum();
    }
    HistogramBuckets b = HistogramBuckets.of(got);
    int at = 0;
    JsonNode buckets = want.get("buckets");
    for (int i = 0; i < b.size(); i++) {
      if (b.count(i) == 0) {
        continue;
      }
      JsonNode n = buckets == null ? null : buckets.get(at++);
      if (n == null) {
        return "bucket " + i + " is too many: " + got;
      }
      int code = b.lowerInclusive(i) ? (b.upperInclusive(i) ? 3 : 1) : b.upperInclusive(i) ? 0 : 2;
      if (n.get(0).asInt() != code
          || !number(n.get(1).asString(), b.lower(i))
          || !number(n.get(2).asString(), b.upper(i))
          || !number(n.get(3).asString(), b.count(i))) {
        return "bucket: want " + n + " got " + b.lower(i) + " " + b.upper(i) + " " + b.count(i);
      }
    }
    return buckets == null || at == buckets.size() ? "" : "want " + buckets.size() + " buckets";
  }
}
