package io.lamella.cli.backtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.cli.backtest.RandomBacktest.Expectation;
import io.lamella.cli.backtest.RandomBacktest.Selector;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.backtest.BacktestLimits;
import io.lamella.gateway.backtest.BacktestService;
import io.lamella.gateway.backtest.Verdict;
import io.lamella.gateway.backtest.request.BacktestReader;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.promql.differential.Oracle;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Verdicts are those that follow from Prometheus' own range queries: random backtests over real
/// blocks, each verdict computed once more from the answers of Prometheus' engine and a plain state
/// machine. `-Dlamella.backtests=1000` for more of them, `-Dlamella.backtest.seed` for others.
class RandomBacktestsTest {
  private static final int COUNT = Integer.getInteger("lamella.backtests", 100);
  private static final long SEED = Long.getLong("lamella.backtest.seed", 1);

  @TempDir Path directory;

  @Test
  void verdictsFollowFromPrometheusAnswers() throws Exception {
    Oracle oracle = Oracle.findOrSkip(directory.resolve("oracle"));
    int conflicts = 0;
    int verdicts = 0;
    int crashes = 0;
    for (String kind : List.of("floats", "histograms")) {
      Path blocks = oracle.write(kind, SEED);
      Path bucket = directory.resolve(kind);
      ConvertedBlocks.convert(blocks, bucket);
      List<RandomBacktest> all = new ArrayList<>();
      List<String> queries = new ArrayList<>();
      for (int i = 0; i < COUNT / 2; i++) {
        RandomBacktest b = RandomBacktest.of(SEED * 1_000_000 + i, kind.equals("histograms"));
        all.add(b);
        b.expected.stream().filter(e -> !e.query().isEmpty()).forEach(e -> queries.add(query(e)));
      }
      List<JsonNode> answers = oracle.eval(blocks, queries, List.of());
      Samples samples = new Samples(oracle.dump(blocks));
      try (ObjectStore store = DirectoryObjectStore.open(bucket);
          Gateway gateway = Gateway.open(store, ConvertedBlocks.wholeLanguage())) {
        BacktestService service = new BacktestService(gateway.queries(), BacktestLimits.DEFAULT);
        int next = 0;
        for (RandomBacktest b : all) {
          Map<String, String> actual = new TreeMap<>();
          service
              .prepare(BacktestReader.read(b.request), QueryOptions.NONE)
              .run(
                  QueryOptions.NONE,
                  v ->
                      actual.put(
                          RandomBacktest.key(
                              v.window(),
                              v.shiftMillis(),
                              v.constraint(),
                              v.parameters().toString()),
                          text(v)));
          for (Expectation e : b.expected) {
            JsonNode answer = e.query().isEmpty() ? null : answers.get(next++);
            if (answer != null && Oracle.hasCrashed(answer)) {
              crashes++;
              continue;
            }
            String expected = answer == null ? "error" : expected(e, answer, samples);
            verdicts++;
            conflicts += expected.startsWith("conflict ") ? 1 : 0;
            assertEquals(expected, actual.get(e.key()), () -> kind + " " + e + "\n" + b.request);
          }
          assertEquals(b.expected.size(), actual.size());
        }
      }
    }
    System.out.printf(
        "%d verdicts, %d conflicts, all equal; %d crashes of Prometheus%n",
        verdicts, conflicts, crashes);
  }

  private static String query(Expectation e) {
    return "{\"query\": "
        + io.lamella.model.JsonQuote.quote(e.query())
        + ", \"start\": "
        + e.from() * 1000
        + ", \"end\": "
        + e.to() * 1000
        + ", \"step\": "
        + e.step() * 1000
        + "}";
  }

  private static String text(Verdict v) {
    return v.outcome().text()
        + v.violation()
            .map(x ->
                " first "
                    + x.firstMillis()
                    + " last "
                    + x.lastMillis()
                    + " total "
                    + x.totalMillis()
                    + " longest "
                    + x.longestMillis()
                    + " worst "
                    + value(x.worst())
                    + " series "
                    + x.series())
            .orElse("");
  }

  /// Sums may differ in the last digits.
  private static String value(double v) {
    return String.format("%.9g", v);
  }

  private static String expected(Expectation e, JsonNode answer, Samples samples) {
    if (answer.has("error")) {
      return "error";
    }
    TreeSet<Long> violated = new TreeSet<>();
    double worst = Double.NaN;
    int offending = 0;
    for (JsonNode series : answer.path("result")) {
      Map<Long, Double> values = new HashMap<>();
      for (JsonNode p : series.path("values")) {
        values.put(Math.round(p.get(0).asDouble() * 1000), parse(p.get(1).asString()));
      }
      for (JsonNode p : series.path("histograms")) {
        values.put(Math.round(p.get(0).asDouble() * 1000), parse(p.get(1).path("sum").asString()));
      }
      boolean offends = false;
      Alert alert = new Alert(e.hold() * 1000, e.keep() * 1000);
      for (long t = e.from() * 1000; t <= e.to() * 1000; t += e.step() * 1000) {
        Double v = values.get(t);
        if (alert.isFiring(t, v != null)) {
          violated.add(t);
          offends = true;
          if (v != null && v == v) {
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
    return "conflict first "
        + violated.first()
        + " last "
        + violated.last()
        + " total "
        + violated.size() * step
        + " longest "
        + longest * step
        + " worst "
        + value(worst)
        + " series "
        + offending;
  }

  private static double parse(String text) {
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

  /// All samples but stale markers, by metric.
  private static final class Samples {
    private static final String STALE = "7ff0000000000002";

    private record Series(JsonNode labels, long[] times) {}

    private final Map<String, List<Series>> byMetric = new HashMap<>();

    Samples(List<JsonNode> dump) {
      for (JsonNode s : dump) {
        List<Long> times = new ArrayList<>();
        for (JsonNode p : s.path("samples")) {
          JsonNode v = p.get(2);
          String bits = v.isString() ? v.asString() : v.path("sum").asString();
          if (!bits.equals(STALE)) {
            times.add(p.get(0).asLong());
          }
        }
        byMetric
            .computeIfAbsent(s.path("labels").path("__name__").asString(""), _ -> new ArrayList<>())
            .add(new Series(s.path("labels"), times.stream().mapToLong(Long::longValue).toArray()));
      }
    }

    boolean has(Selector s, Expectation e) {
      boolean atStart = s.after() == Long.MIN_VALUE;
      for (Series series : byMetric.getOrDefault(s.metric(), List.of())) {
        if (!matches(s, series.labels(), e.dcs())) {
          continue;
        }
        for (long t : series.times()) {
          if (s.step() == 0
              ? isIn(t, s, e.from(), atStart ? e.from() : e.to())
              : isInSubquery(t, s, e)) {
            return true;
          }
        }
      }
      return false;
    }

    /// Whether a sample is read at some time between two, in seconds.
    private static boolean isIn(long millis, Selector s, long from, long to) {
      long after = s.after() == Long.MIN_VALUE ? 0 : s.after();
      return millis > (from - s.before()) * 1000 && millis <= (to + after) * 1000;
    }

    private static boolean isInSubquery(long millis, Selector s, Expectation e) {
      for (long t = Math.ceilDiv(e.from() - s.width() + 1, s.step()) * s.step();
          t <= e.to();
          t += s.step()) {
        if (isIn(millis, s, t, t)) {
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
