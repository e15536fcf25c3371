package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Long operator chains and deep nesting do not depend on the stack of the calling thread.
class DeepQueriesTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final long SMALL_STACK_BYTES = 1 << 17;

  static Stream<String> deepQueries() {
    List<String> out = new ArrayList<>();
    for (String op : List.of("+", "*", "-", "or", "and", "==bool", "/ on (p)")) {
      out.add("a" + (" " + op + " a").repeat(1_199));
    }
    out.add("vector(1" + " + 1".repeat(1_199) + ")");
    out.add("a" + " + 1".repeat(1_199));
    out.add("-".repeat(990) + "a");
    for (String open : List.of("(", "abs(", "sum(", "topk(1, ", "sort(", "quantile(0.5, ")) {
      out.add(open.repeat(990) + "a" + ")".repeat(990));
    }
    out.add("max_over_time(".repeat(480) + "a" + "[2m:1m])".repeat(480));
    return out.stream();
  }

  private static SeriesSource source() {
    SampleColumns c = new SampleColumns();
    for (int i = 0; i < 20; i++) {
      c.add(i * 60_000L, i);
    }
    return new MemorySeriesSource(Map.of(Labels.of("__name__", "a", "p", "1"), c));
  }

  private static int evaluated(String query) {
    QueryResult r = ENGINE.range(source(), query, 0, 600_000, 60_000, QueryLimits.NONE);
    return assertInstanceOf(Value.Matrix.class, r.value()).series().size();
  }

  private static <T> T onSmallStack(FutureTask<T> task) throws Exception {
    new Thread(null, task, "small", SMALL_STACK_BYTES).start();
    return task.get();
  }

  @ParameterizedTest
  @MethodSource("deepQueries")
  void theyRunOnASmallStack(String query) throws Exception {
    assertEquals(1, onSmallStack(new FutureTask<>(() -> evaluated(query))));
  }

  @ParameterizedTest
  @MethodSource("deepQueries")
  void theyRunOnAVirtualThread(String query) throws Exception {
    FutureTask<Integer> task = new FutureTask<>(() -> evaluated(query));
    Thread.startVirtualThread(task);
    assertEquals(1, task.get());
  }

  @ParameterizedTest
  @MethodSource("deepQueries")
  void theyAreFormattedAndWrittenAsJson(String query) throws Exception {
    int length =
        onSmallStack(
            new FutureTask<>(() ->
                ENGINE.format(query, MemoryAccount.UNLIMITED).length()
                    + ENGINE.syntaxTree(query, MemoryAccount.UNLIMITED).length()));
    assertTrue(length > query.length());
    assertEquals("instant vector", ENGINE.parse(query).type().documented());
  }

  @Test
  void aLongChainHoldsFewOperandsAtOnce() {
    String query = "a" + " + a".repeat(1_199);
    QueryResult r = ENGINE.range(source(), query, 0, 600_000, 60_000, QueryLimits.NONE);
    long peak = r.statistics().peakSamples();
    assertTrue(peak <= 20 * 11, peak + " samples, an operand has 11");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000})
  void nestingBeyondTheLimitIsABadQuery(int levels) throws Exception {
    String query = "(".repeat(levels) + "a" + ")".repeat(levels);
    Consumer<String> asserts =
        q -> {
          ParseException e = assertThrows(ParseException.class, () -> ENGINE.parse(q));
          assertEquals(
              "1:1001: parse error: expression is nested too deeply, the limit is 1000 levels",
              e.getMessage());
        };
    onSmallStack(new FutureTask<>(() -> asserts.accept(query), true));
  }

  @Test
  void aChainBeyondTheLimitIsABadQuery() {
    String query = "a" + " + a".repeat(10_000);
    ParseException e = assertThrows(ParseException.class, () -> ENGINE.parse(query));
    assertTrue(e.error().endsWith("the limit is 10000 levels"), e.error());
  }

  @Test
  void anInterruptCancelsADeepQuery() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    SeriesSource inner = source();
    SeriesSource blocking =
        selection -> {
          reading.countDown();
          while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
          return inner.select(selection);
        };
    FutureTask<QueryResult> task =
        new FutureTask<>(
            () -> ENGINE.instant(blocking, "a" + " + a".repeat(500), 600_000, QueryLimits.NONE));
    boolean[] stillInterrupted = new boolean[1];
    Thread caller =
        new Thread(() -> {
          task.run();
          stillInterrupted[0] = Thread.currentThread().isInterrupted();
        });
    caller.start();
    reading.await();
    caller.interrupt();
    Exception e = assertThrows(java.util.concurrent.ExecutionException.class, task::get);
    assertInstanceOf(QueryException.Cancelled.class, e.getCause());
    caller.join();
    assertTrue(stillInterrupted[0]);
  }
}
