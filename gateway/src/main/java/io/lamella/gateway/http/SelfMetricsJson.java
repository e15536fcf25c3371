package io.lamella.gateway.http;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.core.JsonGenerator;

/// The server's own metrics as JSON, in the shape of Prometheus' `/api/v1/status/self_metrics`.
final class SelfMetricsJson {
  private static final String TENANT = "tenant";

  private SelfMetricsJson() {}

  /// @param tenant who sees no series of others; empty where there are no tenants
  /// @param shown by name
  static ResponseBody of(
      PrometheusRegistry registry, Optional<String> tenant, Predicate<String> shown) {
    return SuccessBody.of(json -> {
      json.writeStartArray();
      for (MetricSnapshot m : registry.scrape()) {
        String name = name(m);
        List<? extends DataPointSnapshot> points =
            m.getDataPoints().stream().filter(p -> isVisible(p, tenant)).toList();
        if (!points.isEmpty() && shown.test(name)) {
          family(json, name, m, points);
        }
      }
      json.writeEndArray();
    });
  }

  private static String name(MetricSnapshot m) {
    String name = m.getMetadata().getPrometheusName();
    return switch (m) {
      case CounterSnapshot _ -> name + "_total";
      case InfoSnapshot _ -> name + "_info";
      default -> name;
    };
  }

  private static boolean isVisible(DataPointSnapshot point, Optional<String> tenant) {
    return tenant.isEmpty()
        || !point.getLabels().contains(TENANT)
        || tenant.get().equals(point.getLabels().get(TENANT));
  }

  private static void family(
      JsonGenerator json, String name, MetricSnapshot m, List<? extends DataPointSnapshot> points) {
    json.writeStartObject();
    PrometheusJson.string(json, "name", name);
    String help = m.getMetadata().getHelp();
    PrometheusJson.string(json, "help", help == null ? "" : help);
    PrometheusJson.string(
        json,
        "type",
        switch (m) {
          case CounterSnapshot _ -> "COUNTER";
          case HistogramSnapshot _ -> "HISTOGRAM";
          case SummarySnapshot _ -> "SUMMARY";
          case GaugeSnapshot _, InfoSnapshot _ -> "GAUGE";
          default -> "UNTYPED";
        });
    json.writeName("metric");
    json.writeStartArray();
    for (DataPointSnapshot point : points) {
      json.writeStartObject();
      labels(json, point.getLabels());
      value(json, point);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void labels(JsonGenerator json, Labels labels) {
    if (labels.isEmpty()) {
      return;
    }
    json.writeName("label");
    json.writeStartArray();
    for (int i = 0; i < labels.size(); i++) {
      json.writeStartObject();
      PrometheusJson.string(json, "name", labels.getName(i));
      PrometheusJson.string(json, "value", labels.getValue(i));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void value(JsonGenerator json, DataPointSnapshot point) {
    switch (point) {
      case CounterSnapshot.CounterDataPointSnapshot c -> value(json, "counter", c.getValue());
      case GaugeSnapshot.GaugeDataPointSnapshot g -> value(json, "gauge", g.getValue());
      case InfoSnapshot.InfoDataPointSnapshot _ -> value(json, "gauge", 1);
      case HistogramSnapshot.HistogramDataPointSnapshot h -> histogram(json, h);
      case SummarySnapshot.SummaryDataPointSnapshot s -> summary(json, s);
      default -> value(json, "untyped", 0);
    }
  }

  private static void value(JsonGenerator json, String kind, double value) {
    json.writeName(kind);
    json.writeStartObject();
    number(json, "value", value);
    json.writeEndObject();
  }

  /// As protocol buffers are written as JSON: special values and 64-bit integers are strings.
  private static void number(JsonGenerator json, String name, double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      String text = Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
      PrometheusJson.string(json, name, text);
    } else {
      json.writeNumberProperty(name, value);
    }
  }

  private static void summary(JsonGenerator json, SummarySnapshot.SummaryDataPointSnapshot s) {
    json.writeName("summary");
    json.writeStartObject();
    PrometheusJson.string(json, "sampleCount", Long.toString(s.getCount()));
    number(json, "sampleSum", s.getSum());
    json.writeName("quantile");
    json.writeStartArray();
    for (Quantile q : s.getQuantiles()) {
      json.writeStartObject();
      number(json, "quantile", q.getQuantile());
      number(json, "value", q.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void histogram(
      JsonGenerator json, HistogramSnapshot.HistogramDataPointSnapshot h) {
    json.writeName("histogram");
    json.writeStartObject();
    PrometheusJson.string(json, "sampleCount", Long.toString(h.getCount()));
    number(json, "sampleSum", h.getSum());
    json.writeName("bucket");
    json.writeStartArray();
    ClassicHistogramBuckets buckets = h.getClassicBuckets();
    long sum = 0;
    for (int i = 0; i < buckets.size(); i++) {
      sum += buckets.getCount(i);
      json.writeStartObject();
      PrometheusJson.string(json, "cumulativeCount", Long.toString(sum));
      number(json, "upperBound", buckets.getUpperBound(i));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
