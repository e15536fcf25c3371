package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromqlEngineTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());

  private static SeriesSource counters(int series, int minutes) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (int s = 0; s < series; s++) {
      SampleColumns c = new SampleColumns();
      for (int i = 0; i <= minutes; i++) {
        c.add(i * 60_000L, i * 60.0 * (s + 1));
      }
      all.put(Labels.of("__name__", "requests_total", "dc", "" + s % 2, "host", "h" + s), c);
    }
    return new MemorySeriesSource(all);
  }

  @Test
  void anInstantVectorHasTheEvaluationTime() {
    QueryResult r =
        ENGINE.instant(counters(2, 10), "rate(requests_total[5m])", 600_000, QueryLimits.NONE);
    Value.Vector v = assertInstanceOf(Value.Vector.class, r.value());
    assertEquals(2, v.samples().size());
    assertEquals(600_000, v.samples().getFirst().timeMillis());
    assertEquals(1.0, v.samples().getFirst().value(), 1e-12);
  }

  @Test
  void aRangeIncludesItsEndWhereAligned() {
    QueryResult r =
        ENGINE.range(
            counters(4, 10), "sum by (dc) (requests_total)", 0, 600_000, 60_000, QueryLimits.NONE);
    Value.Matrix m = assertInstanceOf(Value.Matrix.class, r.value());
    assertEquals(2, m.series().size());
    assertEquals(11, m.series().getFirst().size());
    assertEquals(600_000, m.series().getFirst().times()[10]);
  }

  @Test
  void aParseErrorHasItsPosition() {
    ParseException e = assertThrows(ParseException.class, () -> ENGINE.parse("sum(\nfoo bar)"));
    assertEquals("2:5: parse error: unexpected identifier \"bar\" in aggregation", e.getMessage());
    assertEquals(2, e.line());
    assertEquals(5, e.column());
  }

  @Test
  void columnsCountBytes() {
    ParseException e = assertThrows(ParseException.class, () -> ENGINE.parse("\"é\" \"b\""));
    assertEquals("1:6: parse error: unexpected string \"\\\"b\\\"\"", e.getMessage());
  }

  @Test
  void annotationsHaveThePositionOfTheirExpression() {
    Map<Labels, SampleColumns> one = new HashMap<>();
    SampleColumns c = new SampleColumns();
    c.add(0, 1);
    c.add(60_000, 2);
    one.put(Labels.of("__name__", "gauge"), c);
    QueryResult r =
        ENGINE.instant(new MemorySeriesSource(one), "rate(gauge[5m])", 60_000, QueryLimits.NONE);
    assertEquals(
        List.of(
            "PromQL info: metric might not be a counter, name does not end in"
                + " _total/_sum/_count/_bucket: \"gauge\" (1:6)"),
        r.infos());
  }

  @Test
  void aSelectionHasExactlyTheTimeRangeThatIsNeeded() {
    List<Selection> selections = new ArrayList<>();
    SeriesSource inner = counters(1, 60);
    SeriesSource source =
        s -> {
          selections.add(s);
          return inner.select(s);
        };
    ENGINE.range(
        source,
        "rate(requests_total[5m] offset 10m)",
        3_600_000,
        3_660_000,
        60_000,
        QueryLimits.NONE);
    assertEquals(2_700_001, selections.getFirst().range().startMillis());
    assertEquals(3_060_000, selections.getFirst().range().endMillis());
    assertEquals(300_000, selections.getFirst().hints().rangeMillis());
  }

  @Test
  void equalSelectorsAreFetchedOnce() {
    List<Selection> selections = new ArrayList<>();
    SeriesSource inner = counters(3, 60);
    SeriesSource source =
        s -> {
          selections.add(s);
          return inner.select(s);
        };
    ENGINE.instant(
        source,
        "requests_total / on (host) group_left () (requests_total + 1)",
        600_000,
        QueryLimits.NONE);
    assertEquals(1, selections.size());
  }

  @Test
  void aSelectionHasOnlyTheLabelsThatAreNeeded() {
    List<Selection> selections = new ArrayList<>();
    SeriesSource inner = counters(3, 60);
    SeriesSource source =
        s -> {
          selections.add(s);
          return inner.select(s);
        };
    ENGINE.instant(source, "sum by (dc) (rate(requests_total[5m]))", 600_000, QueryLimits.NONE);
    assertEquals(Optional.of(Set.of("dc", "__name__")), selections.getFirst().hints().labels());
  }

  @Test
  void tooManySamplesAreRefused() {
    EngineOptions small =
        new EngineOptions(
            Duration.ofMinutes(5), Duration.ofMinutes(2), 10, Duration.ofMinutes(1), Set.of());
    QueryException.TooExpensive e =
        assertThrows(
            QueryException.TooExpensive.class,
            () ->
                new PromqlEngine(small)
                    .range(
                        counters(3, 60), "requests_total", 0, 600_000, 60_000, QueryLimits.NONE));
    assertEquals(
        "query processing would load too many samples into memory in query execution",
        e.getMessage());
    assertTrue(e.actual() > e.limit(), e.actual() + " > " + e.limit());
    assertEquals(small.maxSamples(), e.limit());
  }

  @Test
  void aTimeoutEndsTheQuery() {
    QueryException e =
        assertThrows(
            QueryException.TimedOut.class,
            () ->
                ENGINE.instant(
                    counters(3, 60),
                    "requests_total",
                    0,
                    new QueryLimits(Optional.empty(), Optional.of(Duration.ZERO))));
    assertEquals("query timed out in expression evaluation", e.getMessage());
  }

  @Test
  void anInterruptCancelsBeforeTheNextSeriesIsRead() {
    int interruptAt = 7;
    for (String query :
        List.of(
            "requests_total",
            "rate(requests_total[5m])",
            "quantile_over_time(0.5, requests_total[1d])",
            "sum by (dc) (requests_total)",
            "topk(3, requests_total)",
            "requests_total / on (host) requests_total",
            "sort_desc(requests_total)")) {
      InterruptingSource source = new InterruptingSource(counters(1_000, 10), interruptAt);
      QueryException e =
          assertThrows(
              QueryException.Cancelled.class,
              () -> ENGINE.range(source, query, 0, 600_000, 60_000, QueryLimits.NONE),
              query);
      assertTrue(Thread.interrupted(), query + " cleared the interrupt");
      assertEquals("query was canceled in expression evaluation", e.getMessage());
      assertEquals(interruptAt, source.pulled, query);
      assertEquals(0, source.open, query);
    }
  }

  /// Interrupts the reading thread when it pulls the n-th series.
  private static final class InterruptingSource implements SeriesSource {
    private final SeriesSource inner;
    private final int interruptAt;
    private int pulled;
    private int open;

    InterruptingSource(SeriesSource inner, int interruptAt) {
      this.inner = inner;
      this.interruptAt = interruptAt;
    }

    @Override
    public SeriesSet select(Selection selection) {
      SeriesSet series = inner.select(selection);
      open++;
      return new SeriesSet() {
        @Override
        public boolean next() {
          if (++pulled == interruptAt) {
            Thread.currentThread().interrupt();
          }
          return series.next();
        }

        @Override
        public Labels labels() {
          return series.labels();
        }

        @Override
        public void read(SampleColumns into) {
          series.read(into);
        }

        @Override
        public void close() {
          open--;
          series.close();
        }
      };
    }
  }

  @Test
  void aSourcePreparesAllSelectionsBeforeTheFirstIsOpened() {
    SeriesSource counters = counters(1, 10);
    List<String> calls = new ArrayList<>();
    SeriesSource source =
        new SeriesSource() {
          @Override
          public SeriesSet select(Selection s) {
            calls.add("select");
            return counters.select(s);
          }

          @Override
          public Prepared prepare(List<Selection> selections) {
            calls.add("prepare " + selections.size());
            return () -> calls.add("close");
          }
        };
    ENGINE.instant(source, "requests_total + up + up offset 1d", 600_000, QueryLimits.NONE);
    assertEquals(List.of("prepare 3", "select", "select", "select", "close"), calls);
    calls.clear();
    ENGINE.instant(source, "requests_total + requests_total", 600_000, QueryLimits.NONE);
    assertEquals(List.of("select"), calls);
  }

  @Test
  void durationErrorsHaveTheirByteRange() {
    QueryException e =
        assertThrows(
            QueryException.Execution.class,
            () -> ENGINE.instant(counters(1, 1), "up[1s-5s]", 0, QueryLimits.NONE));
    assertEquals("3:8: duration must be greater than 0", e.getMessage());
  }
}
