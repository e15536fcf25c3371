package io.lamella.cli.backtest;

import io.lamella.cli.backtest.RandomBacktest.Expectation;
import io.lamella.cli.backtest.RandomBacktest.Selector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Verdicts that follow from the answers of Prometheus' engine, by a plain state machine.
final class PrometheusVerdicts {
  private static final Comparator<Map<String, String>> BY_TEXT =
      Comparator.comparing(Map::toString);

  private PrometheusVerdicts() {}

  /// The text of a conflict.
  static String conflict(long[] times, double worst, int series) {
    return "conflict first "
        + times[0]
        + " last "
        + times[1]
        + " total "
        + times[2]
        + " longest "
        + times[3]
        + " worst "
        // Sums may differ in the last digits.
        + String.format("%.9g", worst)
        + " series "
        + series;
  }

  /// The verdict that follows from the answer to its query.
  static String expected(Expectation e, JsonNode answer, Samples samples) {
    if (answer.has("error")) {
      return "error";
    }
    Map<Map<String, String>, Map<Long, Double>> alerts = new TreeMap<>(BY_TEXT);
    for (JsonNode series : answer.path("result")) {
      Map<String, String> labels = labels(series.path("metric"));
      labels.remove("__name__");
      Map<Long, Double> values = alerts.computeIfAbsent(labels, _ -> new HashMap<>());
      for (JsonNode p : series.path("values")) {
        if (values.put(millis(p), parse(p.get(1).asString())) != null) {
          return "error";
        }
      }
      for (JsonNode p : series.path("histograms")) {
        if (values.put(millis(p), parse(p.get(1).path("sum").asString())) != null) {
          return "error";
        }
      }
    }
    TreeSet<Long> violated = new TreeSet<>();
    double worst = Double.NaN;
    int offending = 0;
    for (Map<Long, Double> values : alerts.values()) {
      boolean offends = false;
      Alert alert = new Alert(e.hold() * 1000, e.keep() * 1000);
      for (long t = e.from() * 1000; t <= e.to() * 1000; t += e.step() * 1000) {
        Double v = values.get(t);
        if (alert.isFiring(t, v != null)) {
          violated.add(t);
          offends = true;
          if (v != null && !v.isNaN()) {
            worst = worst != worst ? v : e.leastIsWorst() ? Math.min(worst, v) : Math.max(worst, v);
          }
        }
      }
      offending += offends ? 1 : 0;
    }
    if (violated.isEmpty()) {
      boolean hasData = e.selectors().stream().anyMatch(s -> samples.has(s, e));
      return hasData || e.onNoData().equals("ok")
          ? "ok"
          : e.onNoData().equals("conflict") ? "conflict" : "no_data";
    }
    long step = e.step() * 1000;
    long longest = 0;
    long run = 0;
    long before = Long.MIN_VALUE;
    for (long t : violated) {
      run = t == before + step ? run + 1 : 1;
      longest = Math.max(longest, run);
      before = t;
    }
    return conflict(
        new long[] {violated.first(), violated.last(), violated.size() * step, longest * step},
        worst,
        offending);
  }

  static Map<String, String> labels(JsonNode metric) {
    Map<String, String> out = new TreeMap<>();
    metric.properties().forEach(l -> out.put(l.getKey(), l.getValue().asString()));
    return out;
  }

  static long millis(JsonNode point) {
    return Math.round(point.get(0).asDouble() * 1000);
  }

  static double parse(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /// One alert of Prometheus' rule manager, evaluation by evaluation.
  private static final class Alert {
    private enum State {
      INACTIVE,
      PENDING,
      FIRING
    }

    private final long hold;
    private final long keep;
    private State state = State.INACTIVE;
    private long activeAt;
    private long keepSince = -1;

    Alert(long hold, long keep) {
      this.hold = hold;
      this.keep = keep;
    }

    boolean isFiring(long t, boolean there) {
      if (there) {
        keepSince = -1;
        if (state == State.INACTIVE) {
          state = State.PENDING;
          activeAt = t;
        }
      } else {
        boolean kept = false;
        if (state == State.FIRING && keep > 0) {
          if (keepSince < 0) {
            keepSince = t;
          }
          kept = t - keepSince < keep;
        }
        if (!kept) {
          state = State.INACTIVE;
          keepSince = -1;
          return false;
        }
      }
      if (state == State.PENDING && t - activeAt >= hold) {
        state = State.FIRING;
      }
      return state == State.FIRING;
    }
  }

  /// All samples, by metric.
  static final class Samples {
    private static final String STALE = "7ff0000000000002";

    /// @param stale which of the times are of stale markers
    private record Series(JsonNode labels, long[] times, BitSet stale) {}

    private final Map<String, List<Series>> byMetric = new HashMap<>();

    Samples(List<JsonNode> dump) {
      for (JsonNode s : dump) {
        List<Long> times = new ArrayList<>();
        BitSet stale = new BitSet();
        for (JsonNode p : s.path("samples")) {
          JsonNode v = p.get(2);
          String bits = v.isString() ? v.asString() : v.path("sum").asString();
          stale.set(times.size(), bits.equals(STALE));
          times.add(p.get(0).asLong());
        }
        byMetric
            .computeIfAbsent(s.path("labels").path("__name__").asString(""), _ -> new ArrayList<>())
            .add(
                new Series(
                    s.path("labels"), times.stream().mapToLong(Long::longValue).toArray(), stale));
      }
    }

    boolean has(Selector s, Expectation e) {
      boolean atStart = s.after() == Long.MIN_VALUE;
      for (Series series : byMetric.getOrDefault(s.metric(), List.of())) {
        if (!matches(s, series.labels(), e.dcs())) {
          continue;
        }
        long[] times = series.times();
        for (int i = 0; i < times.length; i++) {
          // A later sample takes the place of an earlier one, and so does a stale marker.
          long replaced = s.range() || i + 1 == times.length ? Long.MAX_VALUE : times[i + 1];
          if (!series.stale().get(i) && isAtSomeStep(times[i], replaced, s, e, atStart)) {
            return true;
          }
        }
      }
      return false;
    }

    private static boolean isAtSomeStep(
        long millis, long replaced, Selector s, Expectation e, boolean onlyAtStart) {
      for (long t = e.from(); t <= (onlyAtStart ? e.from() : e.to()); t += e.step()) {
        if (s.step() == 0 ? isIn(millis, replaced, s, t) : isInSubquery(millis, replaced, s, t)) {
          return true;
        }
      }
      return false;
    }

    /// Whether a sample is read at a time in seconds.
    private static boolean isIn(long millis, long replaced, Selector s, long at) {
      long last = (at + (s.after() == Long.MIN_VALUE ? 0 : s.after())) * 1000;
      return millis > (at - s.before()) * 1000 && millis <= last && replaced > last;
    }

    private static boolean isInSubquery(long millis, long replaced, Selector s, long at) {
      for (long t = Math.ceilDiv(at - s.width() + 1, s.step()) * s.step(); t <= at; t += s.step()) {
        if (isIn(millis, replaced, s, t)) {
          return true;
        }
      }
      return false;
    }

    private static boolean matches(Selector s, JsonNode labels, List<String> dcs) {
      boolean isOne = dcs.contains(labels.path("dc_id").asString(""));
      boolean fits =
          switch (s.dc()) {
            case ANY -> true;
            case EQUAL -> isOne;
            case OTHER -> !isOne;
          };
      return fits
          && s.others().entrySet().stream()
              .allMatch(o -> labels.path(o.getKey()).asString("").equals(o.getValue()));
    }
  }
}
