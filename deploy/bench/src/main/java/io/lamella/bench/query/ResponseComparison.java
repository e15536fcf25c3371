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

/// Compares two responses: the same series, in the same order where the query sorts, the same
/// times, numbers equal to 1e-9 of their size (−0 is not 0), names and values of labels in the same
/// order. External labels are ignored, because Prometheus itself does not add them; so are
/// warnings, because their texts differ.
public final class ResponseComparison {
  private static final double TOLERANCE = 1e-9;

  private final Set<String> ignoredLabels;

  /// @param ignoredLabels labels that only one of the servers adds to its series
  public ResponseComparison(Set<String> ignoredLabels) {
    this.ignoredLabels = Set.copyOf(ignoredLabels);
  }

  /// Describes the first difference; empty where the responses are equal.
  public Optional<String> difference(BenchQuery query, String expected, String actual) {
    try {
      Object a = JsonTree.parse(expected);
      Object b = JsonTree.parse(actual);
      if (!(a instanceof Map<?, ?> x) || !(b instanceof Map<?, ?> y)) {
        return Optional.of("no JSON object");
      }
      if (!"success".equals(x.get("status")) || !"success".equals(y.get("status"))) {
        return Optional.of(
            "status " + x.get("status") + " and " + y.get("status") + " " + y.get("error"));
      }
      return data(query, x.get("data"), y.get("data"));
    } catch (JacksonException e) {
      return Optional.of("no JSON: " + e.getMessage());
    }
  }

  private Optional<String> data(
      BenchQuery query, @Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof Map<?, ?> a && actual instanceof Map<?, ?> b) {
      if (!Objects.equals(a.get("resultType"), b.get("resultType"))) {
        return Optional.of(
            "result type " + b.get("resultType") + ", expected " + a.get("resultType"));
      }
      boolean series = "vector".equals(a.get("resultType")) || "matrix".equals(a.get("resultType"));
      return series
          ? result(query, a.get("result"), b.get("result"))
          : value("result", a.get("result"), b.get("result"));
    }
    if (expected instanceof List<?> a && actual instanceof List<?> b) {
      List<String> expectedNames = names(a);
      List<String> actualNames = names(b);
      return sets(new TreeSet<>(expectedNames), new TreeSet<>(actualNames))
          .or(() ->
              expectedNames.equals(actualNames)
                  ? Optional.empty()
                  : Optional.of("the same series or names in another order"));
    }
    return Optional.of("data of another shape");
  }

  private Optional<String> result(
      BenchQuery query, @Nullable Object expected, @Nullable Object actual) {
    Map<Object, Map<?, ?>> a = byMetric(expected);
    Map<Object, Map<?, ?>> b = byMetric(actual);
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
    // Ties may be in any order, so only the values are compared by position.
    return query.isSorted()
        ? value("order of values", values(expected), values(actual))
        : Optional.empty();
  }

  private static List<Object> values(@Nullable Object result) {
    List<Object> out = new ArrayList<>();
    if (result instanceof List<?> all) {
      for (Object element : all) {
        out.add(
            element instanceof Map<?, ?> e ? Objects.requireNonNullElse(e.get("value"), "") : "");
      }
    }
    return out;
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
  private List<String> names(List<?> all) {
    List<String> out = new ArrayList<>();
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

  private static Optional<String> sets(Set<String> expected, Set<String> actual) {
    List<String> missing = new ArrayList<>(expected);
    missing.removeAll(actual);
    List<String> extra = new ArrayList<>(actual);
    extra.removeAll(expected);
    if (missing.isEmpty() && extra.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        actual.size()
            + " series or names, expected "
            + expected.size()
            + (missing.isEmpty() ? "" : "; missing " + missing.getFirst())
            + (extra.isEmpty() ? "" : "; not expected " + extra.getFirst()));
  }

  private static Optional<String> value(
      String where, @Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof List<?> a && actual instanceof List<?> b) {
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
    if (expected instanceof Map<?, ?> a && actual instanceof Map<?, ?> b) {
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
        Objects.equals(expected, actual)
            || expected instanceof String a && actual instanceof String b && near(a, b);
    return same ? Optional.empty() : Optional.of(where + ": " + actual + ", expected " + expected);
  }

  private static boolean near(String expected, String actual) {
    try {
      double a = Double.parseDouble(expected);
      double b = Double.parseDouble(actual);
      if (a == 0 && b == 0) {
        return Double.compare(a, b) == 0;
      }
      return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
