package io.lamella.promql.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.MatrixSeries;
import io.lamella.promql.ParseException;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.Value;
import io.lamella.promql.ast.Expr;
import io.lamella.promql.ast.Feature;
import io.lamella.promql.ast.ValueType;
import io.lamella.promql.differential.Expressions;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MatcherPushdownTest {
  private static final long MINUTE = 60_000;
  private static final PromqlEngine ENGINE = engine();

  private static PromqlEngine engine() {
    EngineOptions d = EngineOptions.defaults();
    return new PromqlEngine(
        new EngineOptions(
            d.lookback(),
            d.timeout(),
            d.maxSamples(),
            d.subqueryStep(),
            EnumSet.of(
                Feature.EXPERIMENTAL_FUNCTIONS,
                Feature.EXTENDED_RANGE_SELECTORS,
                Feature.BINOP_FILL_MODIFIERS)));
  }

  private static String pushed(String query) {
    return MatcherPushdown.of(
            ENGINE.parse(query), List.of(Matcher.equal("dc", "1"), Matcher.equal("__name__", "r")))
        .toString();
  }

  @Test
  void aMatcherReachesSelectorsWhoseSeriesHaveTheLabelInCommon() {
    assertEquals("up{dc=\"1\"}", pushed("up"));
    assertEquals(
        "sum by (dc, job) (rate(up{dc=\"1\",job=\"a\"}[5m]))",
        pushed("sum by (dc, job) (rate(up{job=\"a\"}[5m]))"));
    assertEquals("sum without (job) (up{dc=\"1\"})", pushed("sum without (job) (up)"));
    assertEquals("a{dc=\"1\"} / on (dc) b{dc=\"1\"}", pushed("a / on (dc) b"));
    assertEquals("a{dc=\"1\"} + b{dc=\"1\"}", pushed("a + b"));
    assertEquals("a{dc=\"1\"} and on (job) b", pushed("a and on (job) b"));
    assertEquals("a{dc=\"1\"} * on (job) group_left () b", pushed("a * on (job) group_left () b"));
    assertEquals(
        "max_over_time(sum by (dc) (up{dc=\"1\"})[5m:1m]) > 1",
        pushed("max_over_time(sum by (dc) (up)[5m:1m]) > 1"));
    assertEquals(
        "label_replace(up{dc=\"1\"}, \"x\", \"$1\", \"dc\", \"(.*)\")",
        pushed("label_replace(up, \"x\", \"$1\", \"dc\", \"(.*)\")"));
  }

  @Test
  void aMatcherStaysAboveWhatMixesItsLabel() {
    for (String query :
        List.of(
            "sum(up)",
            "sum by (job) (up)",
            "count_values by (dc) (\"dc\", up)",
            "a * ignoring (dc) b",
            "a * on (job) group_left (dc) b",
            "a or on (job) b",
            "absent(up)",
            "vector(scalar(up))",
            "label_replace(up, \"dc\", \"$1\", \"x\", \"(.*)\")",
            "info(up)")) {
      assertEquals(query, pushed(query));
    }
  }

  private static SeriesSource source(Random random) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (String name : List.of("up", "edge_bucket", "pool")) {
      for (String dc : List.of("1", "2", "3")) {
        for (String job : List.of("a", "b")) {
          for (String le : List.of("1", "+Inf")) {
            SampleColumns s = new SampleColumns();
            double v = 0;
            for (long t = 0; t < 120 * MINUTE; t += 20_000 + random.nextInt(90_000)) {
              v = random.nextInt(20) == 0 ? 0 : v + random.nextInt(3);
              s.add(t, v);
            }
            all.put(
                Labels.of(
                    "__name__",
                    name,
                    "dc_id",
                    dc,
                    "job",
                    job,
                    "le",
                    name.equals("edge_bucket") ? le : "",
                    "pool",
                    dc.equals("1") ? "" : "p" + le),
                s);
          }
        }
      }
    }
    return new MemorySeriesSource(all);
  }

  /// The series of a result that match, as text; empty where there is none.
  private static Optional<Map<Labels, String>> result(
      SeriesSource source, String query, List<Matcher> wanted) {
    try {
      Value value =
          ENGINE.range(source, query, 60 * MINUTE, 70 * MINUTE, MINUTE, QueryLimits.NONE).value();
      Map<Labels, String> out = new TreeMap<>();
      for (MatrixSeries s : ((Value.Matrix) value).series()) {
        if (wanted.stream().allMatch(m -> m.matches(s.labels().value(m.name())))) {
          StringBuilder text = new StringBuilder();
          for (int i = 0; i < s.size(); i++) {
            text.append(s.times()[i]).append(' ').append(s.values()[i]).append('\n');
          }
          out.put(s.labels(), text.toString());
        }
      }
      return Optional.of(out);
    } catch (QueryException e) {
      return Optional.empty();
    }
  }

  /// Empty where the text is no expression of this type.
  private static Optional<Expr> vector(String query) {
    try {
      return Optional.of(ENGINE.parse(query)).filter(e -> e.type() == ValueType.VECTOR);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  @Test
  void theSeriesThatMatchStayAsTheyAre() {
    Random random = new Random(14);
    SeriesSource source = source(random);
    Expressions expressions = new Expressions(random, List.of("up", "edge_bucket", "pool"));
    List<List<Matcher>> wanted =
        List.of(
            List.of(Matcher.equal("dc_id", "2")),
            List.of(Matcher.of(Matcher.Type.REGEX, "dc_id", "1|3"), Matcher.equal("job", "a")),
            List.of(Matcher.equal("pool", "")),
            List.of(Matcher.of(Matcher.Type.NOT_EQUAL, "le", "1")),
            List.of(Matcher.equal("dc_id", "45"), Matcher.equal("__name__", "r")));
    int narrowed = 0;
    for (int i = 0; i < 4_000; i++) {
      String query = expressions.range();
      List<Matcher> matchers = wanted.get(i % wanted.size());
      Optional<Expr> parsed = vector(query);
      if (parsed.isEmpty()) {
        continue;
      }
      Expr e = parsed.get();
      String less = MatcherPushdown.of(e, matchers).toString();
      List<Matcher> ofLabels =
          matchers.stream().filter(m -> !m.name().equals(Labels.METRIC_NAME)).toList();
      Optional<Map<Labels, String>> all = result(source, query, ofLabels);
      if (all.isPresent() && !less.equals(e.toString())) {
        narrowed++;
        assertEquals(all, result(source, less, ofLabels), () -> query + "\n" + less);
      }
    }
    int n = narrowed;
    assertTrue(n > 500, () -> n + " expressions were narrowed");
  }
}
