package io.lamella.gateway.http;

import io.lamella.model.Histogram;
import io.lamella.model.JsonQuote;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.Value;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Query results as the API's `data`: `resultType` first, because Grafana parses while it reads.
final class ResultJson {
  private ResultJson() {}

  /// @param limit maximum of elements of a vector or matrix to write; 0 for all
  /// @param more members to append after the result, each preceded by a comma
  static void data(ResponseStream to, Value value, int limit, CharSequence more)
      throws IOException {
    StringBuilder out = to.text();
    out.append("{\"resultType\":\"").append(value.type()).append("\",\"result\":");
    switch (value) {
      case Value.Scalar s -> scalar(out, s);
      case Value.Text t -> {
        out.append('[');
        GoNumbers.append(out, t.timeMillis() / 1000.0);
        out.append(',');
        JsonQuote.append(out, t.value());
        out.append(']');
      }
      case Value.Vector v -> vector(to, v, limit);
      case Value.Matrix m -> matrix(to, m, limit);
    }
    out.append(more).append('}');
  }

  /// The time of a scalar is an ordinary JSON number, its value never has an exponent.
  private static void scalar(StringBuilder out, Value.Scalar s) {
    out.append('[');
    double seconds = s.timeMillis() / 1000.0;
    GoNumbers.append(out, seconds);
    out.append(",\"").append(io.lamella.promql.ast.Numbers.plain(s.value())).append("\"]");
  }

  private static void vector(ResponseStream to, Value.Vector v, int limit) throws IOException {
    StringBuilder out = to.text();
    out.append('[');
    int n = 0;
    for (var sample : v.samples()) {
      if (limit > 0 && n == limit) {
        break;
      }
      out.append(n++ > 0 ? ",{\"metric\":" : "{\"metric\":");
      LabelsJson.labels(out, sample.labels());
      Histogram h = sample.histogram();
      out.append(h == null ? ",\"value\":" : ",\"histogram\":");
      point(out, sample.timeMillis(), sample.value(), h);
      out.append('}');
      to.flushIfLarge();
    }
    out.append(']');
  }

  private static void matrix(ResponseStream to, Value.Matrix m, int limit) throws IOException {
    StringBuilder out = to.text();
    FloatPoints floats = new FloatPoints();
    out.append('[');
    int n = 0;
    for (MatrixSeries series : m.series()) {
      if (limit > 0 && n == limit) {
        break;
      }
      out.append(n++ > 0 ? ",{\"metric\":" : "{\"metric\":");
      LabelsJson.labels(out, series.labels());
      floats.append(to, series);
      boolean any = false;
      for (int i = 0; series.hasHistograms() && i < series.size(); i++) {
        Histogram h = series.histogramAt(i);
        if (h != null) {
          out.append(any ? "," : ",\"histograms\":[");
          point(out, series.times()[i], 0, h);
          any = true;
        }
      }
      out.append(any ? "]}" : "}");
      to.flushIfLarge();
    }
    out.append(']');
  }

  private static void point(StringBuilder out, long time, double value, @Nullable Histogram h) {
    out.append('[');
    GoNumbers.appendTime(out, time);
    if (h == null) {
      out.append(",\"");
      GoNumbers.append(out, value);
      out.append("\"]");
    } else {
      out.append(',');
      HistogramJson.append(out, h);
      out.append(']');
    }
  }
}
