package io.lamella.bench.query;

import io.lamella.cli.JsonTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Compares two responses: the same series in any order, the same times, numbers equal to 1e-9 of
/// their size. External labels are ignored, because Prometheus itself does not add them; so are
/// warnings, because their texts differ.
public final class AnswerComparison {
  private static final double TOLERANCE = 1e-9;

  private final Set<String> ignoredLabels;

  /// @param ignoredLabels labels that only one of the servers adds to its series
  public AnswerComparison(Set<String> ignoredLabels) {
    this.ignoredLabels = Set.copyOf(ignoredLabels);
  }

  /// Describes the first difference; empty where the responses are equal.
  public Optional<String> difference(String want, String got) {
    try {
      Object a = JsonTree.parse(want);
      Object b = JsonTree.parse(got);
      if (!(a instanceof Map<?, ?> x) || !(b instanceof Map<?, ?> y)) {
        return Optional.of("no JSON object");
      }
      if (!"success".equals(x.get("status")) || !"success".equals(y.get("status"))) {
        return Optional.of(
            "status " + x.get("status") + " and " + y.get("status") + " " + y.get("error"));
      }
      return data(x.get("data"), y.get("data"));
    } catch (JacksonException e) {
      return Optional.of("no JSON: " + e.getMessage());
    }
  }

  private Optional<String> data(@Nullable Object want, @Nullable Object got) {
    if (want instanceof Map<?, ?> a && got instanceof Map<?, ?> b) {
      if (!Objects.equals(a.get("resultType"), b.get("resultType"))) {
        return Optional.of(
            "result type " + b.get("resultType") + ", expected " + a.get("resultType"));
      }
      boolean series = "vector".equals(a.get("resultType")) || "matrix".equals(a.get("resultType"));
      return series
          ? result(a.get("result"), b.get("result"))
          : value("result", a.get("result"), b.get("result"));
    }
    if (want instanceof List<?> a && got instanceof List<?> b) {
      return sets(names(a), names(b));
    }
    return Optional.of("data of another form");
  }

  private Optional<String> result(@Nullable Object want, @Nullable Object got) {
    Map<Object, Map<?, ?>> a = byMetric(want);
    Map<Object, Map<?, ?>> b = byMetric(got);
    if (!a.keySet().equals(b.keySet())) {
      return sets(texts(a.keySet()), texts(b.keySet()));
    }
    for (Map.Entry<Object, Map<?, ?>> e : a.entrySet()) {
      Map<?, ?> other = b.get(e.getKey());
      for (String member : List.of("value", "values", "histogram", "histograms")) {
        Optional<String> d =
            value(
                e.getKey().toString(),
                e.getValue().get(member),
                other == null ? null : other.get(member));
        if (d.isPresent()) {
          return d;
        }
      }
    }
    return Optional.empty();
  }

  private Map<Object, Map<?, ?>> byMetric(@Nullable Object result) {
    Map<Object, Map<?, ?>> out = new LinkedHashMap<>();
    if (result instanceof List<?> all) {
      for (Object element : all) {
        if (element instanceof Map<?, ?> e) {
          out.put(labels(e.get("metric")), e);
        }
      }
    }
    return out;
  }

  private Map<Object, Object> labels(@Nullable Object metric) {
    Map<Object, Object> out = new HashMap<>();
    if (metric instanceof Map<?, ?> m) {
      out.putAll(m);
    }
    out.keySet().removeAll(ignoredLabels);
    return new java.util.TreeMap<>(out);
  }

  /// Label sets, or names and values of labels.
  private Set<String> names(List<?> all) {
    Set<String> out = new TreeSet<>();
    for (Object o : all) {
      if (o instanceof Map<?, ?>) {
        out.add(labels(o).toString());
      } else if (!ignoredLabels.contains(o)) {
        out.add(String.valueOf(o));
      }
    }
    return out;
  }

  private static Set<String> texts(Set<Object> all) {
    Set<String> out = new TreeSet<>();
    all.forEach(o -> out.add(o.toString()));
    return out;
  }

  private static Optional<String> sets(Set<String> want, Set<String> got) {
    List<String> missing = new ArrayList<>(want);
    missing.removeAll(got);
    List<String> extra = new ArrayList<>(got);
    extra.removeAll(want);
    if (missing.isEmpty() && extra.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        got.size()
            + " series or names, expected "
            + want.size()
            + (missing.isEmpty() ? "" : "; missing " + missing.getFirst())
            + (extra.isEmpty() ? "" : "; not expected " + extra.getFirst()));
  }

  private static Optional<String> value(String where, @Nullable Object want, @Nullable Object got) {
    if (want instanceof List<?> a && got instanceof List<?> b) {
      if (a.size() != b.size()) {
        return Optional.of(where + ": " + b.size() + " elements, expected " + a.size());
      }
      for (int i = 0; i < a.size(); i++) {
        Optional<String> d = value(where, a.get(i), b.get(i));
        if (d.isPresent()) {
          return d;
        }
      }
      return Optional.empty();
    }
    if (want instanceof Map<?, ?> a && got instanceof Map<?, ?> b) {
      if (!a.keySet().equals(b.keySet())) {
        return Optional.of(where + ": members " + b.keySet() + ", expected " + a.keySet());
      }
      for (Object k : a.keySet()) {
        Optional<String> d = value(where, a.get(k), b.get(k));
        if (d.isPresent()) {
          return d;
        }
      }
      return Optional.empty();
    }
    boolean same =
        Objects.equals(want, got)
            || want instanceof String a && got instanceof String b && near(a, b);
    return same ? Optional.empty() : Optional.of(where + ": " + got + ", expected " + want);
  }

  private static boolean near(String want, String got) {
    try {
      double a = Double.parseDouble(want);
      double b = Double.parseDouble(got);
      return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
