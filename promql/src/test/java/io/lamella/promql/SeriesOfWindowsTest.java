package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.plan.QueryBounds;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Expressions that are evaluated together at the steps of several windows have, in each window,
/// the results of a range query over this window alone.
class SeriesOfWindowsTest {
  private static final long MINUTE = 60_000;
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());

  private static final List<String> EXPRESSIONS =
      List.of(
          "up",
          "up == 0",
          "count by (dc) (up == 0) > 1",
          "sum by (dc) (rate(requests[5m]))",
          "increase(requests[17m] offset 3m) > 20",
          "max_over_time(up[10m])",
          "count_over_time(requests[7m])",
          "avg_over_time(sum by (dc) (up)[20m:3m])",
          "max_over_time(rate(requests[5m])[30m:])",
          "predict_linear(requests[10m], 600)",
          "quantile_over_time(scalar(sum(up)) / 10, requests[10m])",
          "up unless on (dc) requests",
          "up * on (dc, instance) group_left () requests",
          "absent(up{dc=\"9\"})",
          "topk by (dc) (1, requests)",
          "requests - requests @ 3600",
          "requests @ 3600",
          "sum(sum_over_time(up[1h:7m] offset -10m))",
          "time() - timestamp(up)",
          "deriv(requests[10m])",
          "changes(up[30m]) > 2",
          "requests > bool 100",
          "vector(time())");

  private static SeriesSource source(Random random) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (int dc = 0; dc < 3; dc++) {
      for (int i = 0; i < 2; i++) {
        for (String name : List.of("up", "requests")) {
          SampleColumns s = new SampleColumns();
          double v = 0;
          for (long t = 0; t < 600 * MINUTE; t += 20_000 + random.nextInt(60_000)) {
            if (random.nextInt(40) == 0) {
              s.add(t, Stale.MARKER);
              t += random.nextInt(30) * MINUTE;
            } else {
              v = name.equals("up") ? random.nextInt(2) : random.nextInt(30) == 0 ? 0 : v + 1;
              s.add(t, v);
            }
          }
          all.put(Labels.of("__name__", name, "dc", "" + dc, "instance", "" + i), s);
        }
      }
    }
    return new MemorySeriesSource(all);
  }

  @Test
  void eachWindowHasTheResultsOfItsOwnRangeQuery() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      SeriesSource source = source(random);
      long step = MINUTE * (1 + random.nextInt(4));
      long phase = random.nextInt(60_000);
      List<TimeRange> windows = new ArrayList<>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        long start = phase + step * random.nextInt(120);
        windows.add(new TimeRange(start, start + random.nextInt(90) * MINUTE));
      }
      List<Expr> expressions = EXPRESSIONS.stream().map(ENGINE::parse).toList();
      StepTimes times = StepTimes.of(windows, step);
      List<Map<Labels, Map<Long, Double>>> results = new ArrayList<>();
      expressions.forEach(_ -> results.add(new HashMap<>()));

      ENGINE.series(
          source,
          expressions,
          times,
          QueryLimits.NONE,
          (e, s) -> {
            Map<Long, Double> column = new TreeMap<>();
            for (int i = 0; i < times.count(); i++) {
              if (s.has(i)) {
                column.put(times.time(i), s.values()[i]);
              }
            }
            results.get(e).put(s.labels(), column);
          });

      for (int e = 0; e < expressions.size(); e++) {
        for (TimeRange w : windows) {
          assertEquals(
              expected(source, EXPRESSIONS.get(e), w, step),
              within(results.get(e), w),
              "round " + round + ": " + EXPRESSIONS.get(e) + " in " + w);
        }
      }
    }
  }

  private static Map<Labels, Map<Long, Double>> expected(
      SeriesSource source, String query, TimeRange w, long step) {
    Map<Labels, Map<Long, Double>> out = new HashMap<>();
    Value value =
        ENGINE.range(source, query, w.startMillis(), w.endMillis(), step, QueryLimits.NONE).value();
    for (MatrixSeries s : ((Value.Matrix) value).series()) {
      Map<Long, Double> column = new TreeMap<>();
      for (int i = 0; i < s.size(); i++) {
        column.put(s.times()[i], s.values()[i]);
      }
      out.put(s.labels(), column);
    }
    return out;
  }

  private static Map<Labels, Map<Long, Double>> within(
      Map<Labels, Map<Long, Double>> all, TimeRange w) {
    Map<Labels, Map<Long, Double>> out = new HashMap<>();
    all.forEach((labels, column) -> {
      Map<Long, Double> part = new TreeMap<>(column);
      part.keySet().removeIf(t -> !w.contains(t));
      if (!part.isEmpty()) {
        out.put(labels, part);
      }
    });
    return out;
  }

  @Test
  void windowsThatNeverMeetHaveNoCommonTimes() {
    assertThrows(
        IllegalArgumentException.class,
        () -> StepTimes.of(List.of(new TimeRange(0, 10), new TimeRange(3, 10)), 2));
  }

  @Test
  void expressionsThatDependOnTheirQueryAreKnown() {
    PromqlEngine engine =
        new PromqlEngine(
            new EngineOptions(
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                1_000,
                Duration.ofMinutes(1),
                Set.of(Feature.values())));
    for (String q :
        List.of(
            "up @ start()",
            "rate(requests[5m] @ end())",
            "vector(start())",
            "vector(range())",
            "sum_over_time(up[range()])",
            "max_over_time(up[1h:1m] @ end())",
            "topk(scalar(up), requests @ 5)")) {
      assertTrue(QueryBounds.areUsed(engine.parse(q)), q);
    }
    for (String q : List.of("up @ 5", "vector(step())", "topk(scalar(up), requests)")) {
      assertFalse(QueryBounds.areUsed(engine.parse(q)), q);
    }
  }
}
