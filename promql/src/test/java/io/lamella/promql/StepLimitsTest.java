package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Steps are counted exactly, and before anything is allocated for them.
class StepLimitsTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final String TOO_MANY =
      "query processing would load too many samples into memory in query execution";

  private static SeriesSource source() {
    SampleColumns c = new SampleColumns();
    for (int i = 0; i < 20; i++) {
      c.add(i * 60_000L, i);
    }
    return new MemorySeriesSource(Map.of(Labels.of("__name__", "x"), c));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max_over_time(x[10y:1s])",
        "max_over_time(x[100y:1ms])",
        "count_over_time((x > 1)[290y:1ms])",
        "max_over_time(max_over_time(x[5m:1m])[100y:1ms])",
        "max_over_time(vector(1)[10y:1s])",
        "max_over_time(x[290y:1ms] @ 9223372036854774)",
        "max_over_time(x[290y:1ms] offset -290y)"
      })
  void aSubqueryOfTooManyStepsIsRefused(String query) {
    QueryException.TooExpensive e =
        assertThrows(
            QueryException.TooExpensive.class,
            () -> ENGINE.instant(source(), query, 600_000, new CountingAccount(1 << 20).limits()));
    assertEquals(TOO_MANY, e.getMessage());
  }

  @Test
  void aRangeOfTooManyStepsIsRefused() {
    for (String query : new String[] {"x", "1", "sum(x)", "vector(time())"}) {
      QueryException.TooExpensive e =
          assertThrows(
              QueryException.TooExpensive.class,
              () ->
                  ENGINE.range(
                      source(),
                      query,
                      -9_000_000_000_000_000_000L,
                      9_000_000_000_000_000_000L,
                      1,
                      new CountingAccount(1 << 20).limits()));
      assertEquals(TOO_MANY, e.getMessage());
    }
  }

  @Test
  void memoryIsReservedBeforeABufferOfManySteps() {
    CountingAccount account = new CountingAccount(1 << 20);
    assertThrows(
        QueryException.TooExpensive.class,
        () -> ENGINE.instant(source(), "max_over_time(x[1y:1s])", 600_000, account.limits()));
    assertEquals(0, account.reserved());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x @ 9223372036854774",
        "x @ -9223372036854774",
        "x offset 290y",
        "x offset -290y",
        "rate(x[290y] @ -9223372036854774)",
        "rate(x[290y] offset 290y)",
        "x @ 9223372036854774 offset -290y",
        "max_over_time(x[10m:1m] @ 9223372036854774)",
        "max_over_time(x[10m:1m] @ -9223372036854774 offset 290y)",
        "timestamp(x offset -290y)",
        "sum_over_time(x[5m] @ 9223372036854774 offset -290y)"
      })
  void timesBeyondAllSamplesSelectNothing(String query) {
    for (long t : new long[] {600_000, Long.MAX_VALUE, Long.MIN_VALUE}) {
      QueryResult r = ENGINE.instant(source(), query, t, QueryLimits.NONE);
      assertEquals(0, assertInstanceOf(Value.Vector.class, r.value()).samples().size());
    }
  }
}
