package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a query holds is reserved in its account.
class MemoryAccountTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final int SERIES = 2_000;
  private static final int STEPS = 500;

  /// Of the objects around the samples, labels included.
  private static final int SERIES_BYTES = 150;

  private static final long END_MILLIS = (STEPS - 1) * 60_000L;
  private static final SeriesSource SOURCE = source(SERIES);

  private static SeriesSource source(int series) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (int s = 0; s < series; s++) {
      SampleColumns c = new SampleColumns();
      for (int i = 0; i < STEPS; i++) {
        c.add(i * 60_000L, i * (s + 1));
      }
      all.put(Labels.of("__name__", "x", "dc", "" + s % 3, "host", "h" + s), c);
    }
    return new MemorySeriesSource(all);
  }

  private static QueryResult run(SeriesSource source, String query, CountingAccount account) {
    return ENGINE.range(source, query, 0, END_MILLIS, 60_000, account.limits());
  }

  private static long bytes(QueryResult result) {
    long bytes = 0;
    for (MatrixSeries s : assertInstanceOf(Value.Matrix.class, result.value()).series()) {
      bytes += SERIES_BYTES + 8L * s.size();
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "sum(x)",
        "topk(2, x)",
        "quantile by (host) (0.5, x)",
        "count_values(\"v\", x % 7)",
        "x + on (host) x",
        "x and x",
        "x or x",
        "-x",
        "sort(x)",
        "avg by (host) (rate(x[5m]))",
        "max_over_time(x[5m:1m])",
        "1 + scalar(sum(x))",
        "label_replace(x, \"a\", \"$1\", \"host\", \"(.*)\")"
      })
  void allButTheResultIsGivenBack(String query) {
    CountingAccount account = CountingAccount.unlimited();
    QueryResult result = run(SOURCE, query, account);
    long bytes = bytes(result);
    assertTrue(
        account.reserved() >= bytes && account.reserved() <= 3 * bytes + (1 << 20),
        account.reserved() + " bytes are left reserved for a result of " + bytes);
    assertTrue(account.peak() >= account.reserved());
  }

  @Test
  void aFailedQueryGivesEverythingBack() {
    CountingAccount account = CountingAccount.unlimited();
    assertThrows(QueryException.Execution.class, () -> run(SOURCE, "x / on (dc) x", account));
    assertTrue(account.peak() > SERIES * STEPS * 8L);
    assertEquals(0, account.reserved());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "topk(2000, x)",
        "quantile by (host) (0.5, x)",
        "x + on (host) x",
        "avg by (host) (x)",
        "count_values(\"v\", x)",
        "sum(max_over_time(label_replace(x, \"__name__\", \"y\", \"\", \"\")[5m:1m] @ 6000))"
      })
  void aQueryBeyondItsLimitIsRefused(String query) {
    CountingAccount account = new CountingAccount(2 << 20);
    assertThrows(QueryException.TooExpensive.class, () -> run(SOURCE, query, account));
    assertEquals(0, account.reserved());
  }

  @Test
  void aSmallQueryReservesOnce() {
    CountingAccount account = CountingAccount.unlimited();
    run(source(3), "sum by (dc) (rate(x[5m]))", account);
    assertTrue(account.requests() <= 2, account.requests() + " requests");
  }

  /// Measures the heap with the result and with everything that a function that keeps its input
  /// still references, at the first series of the other operand.
  @ParameterizedTest
  @ValueSource(strings = {"x", "topk(2000, x)", "x + on (host) x", "avg by (host) (x)"})
  void whatIsReservedCoversWhatIsHeld(String query) {
    CountingAccount account = CountingAccount.unlimited();
    run(SOURCE, query, CountingAccount.unlimited());
    long before = usedHeap();
    QueryResult result = run(SOURCE, query, account);
    long held = usedHeap() - before;
    long reserved = account.reserved();
    assertTrue(bytes(result) > 0);
    assertTrue(held <= 1.25 * reserved + (1 << 20), held + " bytes held, " + reserved);
    assertTrue(reserved <= 3 * held + (4 << 20), reserved + " bytes reserved, " + held + " held");
  }

  /// Eight megabytes of program in a few hundred characters.
  private static final String LARGE_REGEX = ".{1000}".repeat(100);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x{host=~\"%s\"}",
        "x{host!~\"%s\"}",
        "label_replace(x, \"a\", \"$1\", \"host\", \"%s\")"
      })
  void aRegularExpressionIsReservedBeforeItIsCompiled(String query) {
    CountingAccount account = new CountingAccount(2 << 20);
    assertThrows(
        QueryException.TooExpensive.class,
        () -> run(source(3), query.formatted(LARGE_REGEX), account));
    assertEquals(0, account.reserved());
  }

  @Test
  void aRegularExpressionIsNoPartOfTheResult() {
    CountingAccount account = CountingAccount.unlimited();
    run(source(3), "x{host!~\"" + LARGE_REGEX + "\"}", account);
    assertTrue(account.peak() > 4 << 20, account.peak() + " bytes");
    assertTrue(account.reserved() < 1 << 20, account.reserved() + " bytes");
  }

  @Test
  void theRegularExpressionsOfATreeStayReserved() {
    CountingAccount account = CountingAccount.unlimited();
    ENGINE.parse("x{host=~\"" + LARGE_REGEX + "\"}", account);
    assertTrue(account.reserved() > 4 << 20, account.reserved() + " bytes");
  }

  /// Nested calls multiply the length of a value.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "label_join(%s, \"a\", \"\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\")",
        "label_replace(%s, \"a\", \"$1$1$1$1$1$1$1$1\", \"a\", \"(.*)\")"
      })
  void aLabelValueIsReservedBeforeItIsBuilt(String query) {
    String value = "v".repeat(1 << 20);
    String inner = "label_replace(x, \"a\", \"" + value + "\", \"\", \"\")";
    run(source(1), inner, CountingAccount.unlimited());
    long parsing = allocated(() -> run(source(1), inner, CountingAccount.unlimited()));
    CountingAccount account = new CountingAccount(10 << 20);
    long all =
        allocated(() ->
            assertThrows(
                QueryException.TooExpensive.class,
                () -> run(source(1), query.formatted(inner), account)));
    assertTrue(all < parsing + (10 << 20), all + " bytes, " + parsing + " without the outer call");
  }

  private static long allocated(Runnable work) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static long usedHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
