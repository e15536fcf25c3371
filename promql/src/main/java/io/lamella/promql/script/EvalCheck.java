package io.lamella.promql.script;

import io.lamella.model.Histogram;
import io.lamella.model.HistogramText;
import io.lamella.model.Labels;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.QueryResult;
import io.lamella.promql.Value;
import io.lamella.promql.VectorSample;
import io.lamella.promql.ast.Numbers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares a result with the expectations of an eval. Returns the difference as text, empty for
/// none.
final class EvalCheck {
  private final Script.Eval eval;
  private final Script.Expectations expected;

  EvalCheck(Script.Eval eval) {
    this.eval = eval;
    this.expected = eval.expectations();
  }

  String check(QueryResult result) {
    String notes = annotations(result);
    return notes.isEmpty() ? value(result.value()) : notes;
  }

  private String annotations(QueryResult r) {
    String w = texts("warning", expected.warnings(), r.warnings(), expected.noWarnings());
    return w.isEmpty() ? texts("info", expected.infos(), r.infos(), expected.noInfos()) : w;
  }

  private static String texts(
      String kind, List<Script.ExpectedText> expected, List<String> actual, boolean none) {
    if (none && !actual.isEmpty()) {
      return "expected no " + kind + ", actual " + actual;
    }
    for (Script.ExpectedText e : expected) {
      if (actual.stream().noneMatch(e::fits)) {
        return "expected " + kind + ": " + e.show() + ", actual " + actual;
      }
    }
    if (!expected.isEmpty()) {
      for (String a : actual) {
        if (expected.stream().noneMatch(e -> e.fits(a))) {
          return "unexpected " + kind + ": " + a;
        }
      }
    }
    return "";
  }

  /// The difference of the value, without annotations.
  String value(Value v) {
    return switch (v) {
      case Value.Text t ->
          expected.string().filter(t.value()::equals).isPresent()
              ? ""
              : "expected string " + expected.string() + ", actual " + t.value();
      case Value.Scalar s -> scalar(s);
      case Value.Vector vector -> vector(vector.samples());
      case Value.Matrix m -> matrix(m.series());
    };
  }

  private String scalar(Value.Scalar s) {
    return expected.scalar().isPresent() && Equality.floats(expected.scalar().get(), s.value())
        ? ""
        : "expected " + expected.scalar() + ", actual scalar " + Numbers.plain(s.value());
  }

  private String vector(List<VectorSample> samples) {
    if (expected.scalar().isPresent()) {
      return "expected a scalar, actual a vector of " + samples.size();
    }
    Map<Labels, VectorSample> byLabels = new HashMap<>();
    for (VectorSample s : samples) {
      byLabels.put(s.labels(), s);
    }
    int position = 0;
    for (Script.ExpectedSeries e : expected.series()) {
      VectorSample s = byLabels.remove(e.labels());
      Script.Item item = e.items().isEmpty() ? null : e.items().getFirst();
      if (s == null || item == null) {
        return "expected "
            + e.labels()
            + " "
            + show(item)
            + ", actual nothing; all: "
            + all(samples);
      }
      if (!Equality.items(item, s.value(), s.histogram())) {
        return "expected "
            + e.labels()
            + " "
            + show(item)
            + ", actual "
            + show(s.value(), s.histogram());
      }
      if (expected.ordered() && !samples.get(position).labels().equals(e.labels())) {
        return "expected " + e.labels() + " at position " + position + ", actual " + all(samples);
      }
      position++;
    }
    return byLabels.isEmpty() ? "" : "unexpected " + all(List.copyOf(byLabels.values()));
  }

  private static String all(List<VectorSample> samples) {
    StringBuilder out = new StringBuilder();
    for (VectorSample s : samples) {
      out.append(s.labels()).append(' ').append(show(s.value(), s.histogram())).append("; ");
    }
    return out.toString();
  }

  private String matrix(List<MatrixSeries> series) {
    long start = eval.startMillis();
    long step = eval.stepMillis();
    Script.ExpectedRange w = eval.window();
    if (w != null) {
      start = w.from();
      step = w.step();
    }
    Map<Labels, MatrixSeries> byLabels = new HashMap<>();
    Labels before = null;
    for (MatrixSeries s : series) {
      if (before != null && before.compareTo(s.labels()) > 0) {
        return "series are not sorted: " + before + " before " + s.labels();
      }
      before = s.labels();
      byLabels.put(s.labels(), s);
    }
    for (Script.ExpectedSeries e : expected.series()) {
      MatrixSeries s = byLabels.remove(e.labels());
      if (s == null) {
        return "expected series " + e.labels() + ", actual " + names(series);
      }
      String difference = samples(e, s, start, step);
      if (!difference.isEmpty()) {
        return e.labels() + ": " + difference + "; actual " + show(s);
      }
    }
    return byLabels.isEmpty() ? "" : "unexpected series " + byLabels.keySet();
  }

  private static String names(List<MatrixSeries> series) {
    return series.stream().map(MatrixSeries::labels).toList().toString();
  }

  private static String samples(Script.ExpectedSeries e, MatrixSeries s, long start, long step) {
    int at = 0;
    for (int i = 0; i < e.items().size(); i++) {
      Script.Item item = e.items().get(i);
      if (item == null) {
        continue;
      }
      long t = start + i * step;
      if (at >= s.size() || s.times()[at] != t) {
        return "expected " + show(item) + " at " + t;
      }
      if (!Equality.items(item, s.values()[at], s.histogramAt(at))) {
        return "expected "
            + show(item)
            + " at "
            + t
            + ", actual "
            + show(s.values()[at], s.histogramAt(at));
      }
      at++;
    }
    return at < s.size() ? "unexpected sample at " + s.times()[at] : "";
  }

  private static String show(MatrixSeries s) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(s.size(), 30); i++) {
      out.append(s.times()[i]).append(':').append(show(s.values()[i], s.histogramAt(i)));
      out.append(' ');
    }
    return out.toString();
  }

  private static String show(Script.@Nullable Item item) {
    return item == null ? "_" : show(item.value(), item.histogram());
  }

  private static String show(double value, @Nullable Histogram h) {
    return h == null
        ? Numbers.plain(value)
        : HistogramText.format(h, Numbers::general)
            + "/"
            + h.schema()
            + "/"
            + h.zeroThreshold()
            + "/"
            + h.counterReset();
  }
}
