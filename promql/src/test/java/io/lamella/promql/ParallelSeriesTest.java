package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.model.Stale;
import io.lamella.promql.exec.Workers;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A query whose series several threads evaluate has the result, the statistics and the failure
/// that it has on one thread.
class ParallelSeriesTest {
  private static final int THREADS = 3;
  private static final long MINUTE = 60_000;
  private static final List<String> QUERIES =
      List.of(
          "m",
          "m_total",
          "rate(m_total[5m])",
          "sum by (dc) (rate(m_total[5m]))",
          "sum by (dc) (rate(m[5m]))",
          "sum(m)",
          "avg by (dc) (m_total)",
          "sum by (dc) (increase(h[10m]))",
          "histogram_quantile(0.9, sum by (dc) (rate(h[10m])))",
          "sum by (dc) (last_over_time(m[3m]) > 50)",
          "topk by (dc) (2, max_over_time(m_total[7m]))",
          "sum by (dc) (m_total) / sum by (dc) (rate(m_total[5m]))",
          "count by (dc) (quantile_over_time(0.3, m[10m]))",
          "max_over_time(sum by (dc) (rate(m_total[5m]))[10m:1m])",
          "limitk(1, m)",
          "absent_over_time(m_total[1m])",
          "rate({__name__=~\"m.*\"}[5m])",
          "sum({__name__=~\"m|h\"})");

  private final Semaphore permits = new Semaphore(THREADS);
  private final PromqlEngine alone = new PromqlEngine(EngineOptions.defaults());
  private final PromqlEngine threaded =
      new PromqlEngine(EngineOptions.defaults(), SmallParts.workers(permits));

  private static Histogram histogram(double count) {
    return new Histogram(
        CounterReset.UNKNOWN,
        0,
        0,
        0,
        count,
        count,
        List.of(new Span(0, 1)),
        new double[] {count},
        List.of(),
        new double[0],
        new double[0]);
  }

  private static Map<Labels, SampleColumns> random(Random random, int series) {
    Map<Labels, SampleColumns> out = new HashMap<>();
    for (int s = 0; s < series; s++) {
      String name = List.of("m", "m_total", "h").get(random.nextInt(3));
      SampleColumns c = new SampleColumns();
      double total = 0;
      for (int i = 0; i < 120; i++) {
        long t = i * MINUTE + random.nextInt(1000);
        total = random.nextInt(50) == 0 ? 0 : total + random.nextDouble() * 1e9;
        if (random.nextInt(20) == 0) {
          c.add(t, Stale.MARKER);
        } else if (name.equals("h") && random.nextInt(30) > 0) {
          c.add(t, histogram(total));
        } else {
          c.add(t, name.equals("m") ? random.nextGaussian() * 100 : total);
        }
      }
      out.put(Labels.of("__name__", name, "dc", "" + random.nextInt(4), "i", "" + s), c);
    }
    return out;
  }

  /// The whole result, or the failure, with statistics; bits of floats count.
  private static String outcome(PromqlEngine engine, SeriesSource source, String query) {
    try {
      QueryResult r = engine.range(source, query, 0, 120 * MINUTE, MINUTE, QueryLimits.NONE);
      return text(r.value())
          + r.warnings()
          + r.infos()
          + r.statistics().totalQueryableSamples()
          + "/"
          + r.statistics().peakSamples();
    } catch (QueryException e) {
      return e.toString();
    }
  }

  private static String text(Value value) {
    if (!(value instanceof Value.Matrix m)) {
      return value.toString();
    }
    StringBuilder out = new StringBuilder();
    for (MatrixSeries s : m.series()) {
      out.append(s.labels()).append(s.size());
      for (int i = 0; i < s.size(); i++) {
        out.append(' ').append(s.times()[i]).append('=');
        Histogram h = s.histogramAt(i);
        if (h == null) {
          out.append(Double.doubleToRawLongBits(s.values()[i]));
        } else {
          out.append(h.counterReset()).append(h);
        }
      }
    }
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void resultsStatisticsAndFailuresAreThoseOfOneThread(long seed) {
    Random random = new Random(seed);
    SeriesSource source = new MemorySeriesSource(random(random, 1 + random.nextInt(300)));
    for (String query : QUERIES) {
      assertEquals(outcome(alone, source, query), outcome(threaded, source, query), query);
    }
    assertEquals(THREADS, permits.availablePermits());
  }

  @Test
  void partsOfHistogramsBeyondTheirMemoryAreFinishedByTheThreadOfTheQuery() {
    Map<Labels, SampleColumns> many = new HashMap<>();
    for (int s = 0; s < 300; s++) {
      SampleColumns c = new SampleColumns();
      for (int i = 0; i < 120; i++) {
        c.add(i * MINUTE, histogram(i * (s + 1)));
      }
      many.put(Labels.of("__name__", "h", "i", "" + s), c);
    }
    SeriesSource source = new MemorySeriesSource(many);
    PromqlEngine large =
        new PromqlEngine(EngineOptions.defaults(), new Workers(permits, THREADS, 1, 128));
    String query = "sum(rate(h[5m]))";
    assertEquals(outcome(alone, source, query), outcome(large, source, query));
  }

  /// Series of a memory source. Those of some names fail or wait; threads that read are noted.
  private final class Watched implements SeriesSource {
    private final MemorySeriesSource series = new MemorySeriesSource(random(new Random(7), 400));
    private final Set<Thread> readers = ConcurrentHashMap.newKeySet();
    private final Set<String> failing;
    private final Set<String> waiting;
    private final CountDownLatch waits = new CountDownLatch(1);

    Watched(Set<String> failing, Set<String> waiting) {
      this.failing = failing;
      this.waiting = waiting;
    }

    @Override
    public SeriesSet select(Selection selection) {
      return new Cursor(series.select(selection));
    }

    private final class Cursor implements SeriesSet {
      private final SeriesSet from;

      Cursor(SeriesSet from) {
        this.from = from;
      }

      @Override
      public int divisible() {
        return from.divisible();
      }

      @Override
      public SeriesSet part(int maxSeries) {
        return new Cursor(from.part(maxSeries));
      }

      @Override
      public void rewind() {
        from.rewind();
      }

      @Override
      public boolean next() {
        return from.next();
      }

      @Override
      public Labels labels() {
        return from.labels();
      }

      @Override
      public void read(SampleColumns into) {
        readers.add(Thread.currentThread());
        String number = labels().value("i");
        if (failing.contains(number)) {
          throw new QueryException.CorruptBlock("series " + number, new IllegalStateException());
        }
        if (waiting.contains(number)) {
          waits.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException.Cancelled("interrupted");
          }
        }
        from.read(into);
      }

      @Override
      public void close() {
        from.close();
      }
    }
  }

  @Test
  void theFirstOfSeveralFailingSeriesFailsTheQuery() {
    for (int i = 0; i < 20; i++) {
      Watched source = new Watched(Set.of("100", "200", "300", "301", "399"), Set.of());
      String query = "sum(rate({__name__=~\"m_total|h|m\"}[5m]))";
      assertEquals(outcome(alone, source, query), outcome(threaded, source, query));
    }
    assertEquals(THREADS, permits.availablePermits());
  }

  @Test
  void severalThreadsEvaluate() {
    Watched source = new Watched(Set.of(), Set.of());
    // Threads that had no turn yet get one at the latest when others have ended.
    while (source.readers.size() < 2) {
      outcome(threaded, source, "sum(m_total)");
    }
    assertTrue(source.readers.contains(Thread.currentThread()));
  }

  @Test
  void fewSeriesAreEvaluatedByTheThreadOfTheQuery() {
    Watched source = new Watched(Set.of(), Set.of());
    PromqlEngine engine =
        new PromqlEngine(EngineOptions.defaults(), new Workers(permits, THREADS, 401, 2));
    outcome(engine, source, "sum({__name__=~\".+\"})");
    assertEquals(Set.of(Thread.currentThread()), source.readers);
  }

  @Test
  void whereNoCoreIsFreeTheThreadOfTheQueryEvaluatesAll() {
    Watched source = new Watched(Set.of(), Set.of());
    permits.drainPermits();
    String query = "sum by (dc) (rate(m_total[5m]))";
    assertEquals(outcome(alone, source, query), outcome(threaded, source, query));
    assertEquals(Set.of(Thread.currentThread()), source.readers);
  }

  @Test
  void cancellingAQueryEndsItsThreads() throws InterruptedException {
    Watched source = new Watched(Set.of(), Set.of("1", "50", "350"));
    CountingAccount account = CountingAccount.unlimited();
    FutureTask<QueryException> query =
        new FutureTask<>(() ->
            assertThrows(
                QueryException.Cancelled.class,
                () ->
                    threaded.range(
                        source,
                        "sum({__name__=~\".+\"})",
                        0,
                        120 * MINUTE,
                        MINUTE,
                        account.limits())));
    Thread thread = Thread.ofVirtual().start(query);
    assertTrue(source.waits.await(10, TimeUnit.SECONDS));
    thread.interrupt();
    assertTrue(thread.join(java.time.Duration.ofSeconds(10)));
    assertEquals(FutureTask.State.SUCCESS.name(), query.state().name());
    assertEquals(THREADS, permits.availablePermits());
    assertEquals(0, account.reserved());
  }

  @Test
  void afterAQueryOnlyTheMemoryOfItsResultIsHeld() {
    SeriesSource source = new MemorySeriesSource(random(new Random(3), 400));
    String query = "sum by (dc) (rate(m_total[5m]))";
    CountingAccount one = CountingAccount.unlimited();
    CountingAccount several = CountingAccount.unlimited();
    alone.range(source, query, 0, 120 * MINUTE, MINUTE, one.limits());
    threaded.range(source, query, 0, 120 * MINUTE, MINUTE, several.limits());
    assertEquals(one.reserved(), several.reserved());
  }

  @Test
  void aQueryThatIsRefusedMemoryFailsAndHoldsNone() {
    SeriesSource source = new MemorySeriesSource(random(new Random(3), 400));
    CountingAccount account = new CountingAccount(70_000);
    assertThrows(
        QueryException.TooExpensive.class,
        () ->
            threaded.range(
                source, "sum(rate(m_total[5m]))", 0, 120 * MINUTE, MINUTE / 20, account.limits()));
    assertEquals(0, account.reserved());
    assertEquals(THREADS, permits.availablePermits());
  }
}
