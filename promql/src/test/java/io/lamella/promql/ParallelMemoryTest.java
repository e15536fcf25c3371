package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.CounterReset;
import io.lamella.model.Histogram;
import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.model.Span;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The memory of a query whose series several threads evaluate.
class ParallelMemoryTest {
  private static final long MINUTE = 60_000;
  private static final int STEPS = 120;

  private final PromqlEngine alone = new PromqlEngine(EngineOptions.defaults());
  private final PromqlEngine threaded =
      new PromqlEngine(EngineOptions.defaults(), SmallParts.workers(new Semaphore(3)));

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

  /// The histograms `h`, and floats of the metrics `m0`, `m1` …
  private static SeriesSource source(int histograms, int metrics) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (int s = 0; s < histograms; s++) {
      SampleColumns c = new SampleColumns();
      for (int i = 0; i < 10; i++) {
        c.add(i * MINUTE, histogram(i * (s + 1)));
      }
      all.put(Labels.of("__name__", "h", "i", "" + s), c);
    }
    for (int m = 0; m < metrics; m++) {
      for (int s = 0; s < 200; s++) {
        SampleColumns c = new SampleColumns();
        for (int i = 0; i < STEPS; i++) {
          c.add(i * MINUTE, i * (s + m));
        }
        all.put(Labels.of("__name__", "m" + m, "i", "" + s), c);
      }
    }
    return new MemorySeriesSource(all);
  }

  private static QueryResult range(
      PromqlEngine engine, SeriesSource source, String query, CountingAccount account) {
    return engine.range(source, query, 0, STEPS * MINUTE, MINUTE, account.limits());
  }

  @Test
  void histogramsOfPartsThatWereReadAreNotHeld() {
    CountingAccount account = CountingAccount.unlimited();
    range(threaded, source(2_000, 0), "sum(rate(h[5m]))", account);
    assertTrue(account.peak() < 4 << 20, account.peak() + " bytes");
  }

  @Test
  void ofSeveralSelectionsOnlyThatWhichIsReadHoldsParts() {
    SeriesSource source = source(0, 12);
    String query =
        IntStream.range(0, 12).mapToObj(m -> "sum(m" + m + ")").collect(Collectors.joining("+"));
    CountingAccount one = CountingAccount.unlimited();
    CountingAccount several = CountingAccount.unlimited();
    range(alone, source, query, one);
    range(threaded, source, query, several);
    // Four evaluators hold at least 64 KiB each.
    long most = one.peak() + 5 * (64 << 10);
    assertTrue(several.peak() < most, several.peak() + " bytes, not below " + most);
  }

  /// In the result of a selector, what the thread of the query holds grows while others evaluate.
  @ParameterizedTest
  @ValueSource(strings = {"m0", "rate(m0[5m])", "h", "sum by (i) (rate(h[5m]))", "m0 + m1"})
  void aQueryHasTheMemoryThatOneThreadNeeds(String query) {
    SeriesSource source = source(200, 2);
    CountingAccount one = CountingAccount.unlimited();
    QueryResult expected = range(alone, source, query, one);
    for (int i = 0; i < 20; i++) {
      CountingAccount tight = new CountingAccount(one.peak());
      QueryResult result = range(threaded, source, query, tight);
      assertEquals(text(expected), text(result));
      assertEquals(one.reserved(), tight.reserved());
    }
  }

  /// An account that notes where it would have to wait for other queries.
  private static final class WaitingAccount implements MemoryAccount {
    private final CountingAccount account;
    private final AtomicInteger waits = new AtomicInteger();

    WaitingAccount(long free) {
      account = new CountingAccount(free);
    }

    @Override
    public void reserve(long bytes) {
      if (!account.tryReserve(bytes)) {
        waits.incrementAndGet();
      }
    }

    @Override
    public boolean tryReserve(long bytes) {
      return account.tryReserve(bytes);
    }

    @Override
    public void release(long bytes) {
      account.release(bytes);
    }
  }

  @Test
  void threadsDoNotWaitForMemoryOfOtherQueries() {
    SeriesSource source = source(200, 1);
    for (String query : List.of("m0", "sum(rate(h[5m]))")) {
      CountingAccount one = CountingAccount.unlimited();
      range(alone, source, query, one);
      for (int i = 0; i < 20; i++) {
        WaitingAccount account = new WaitingAccount(one.peak());
        QueryLimits none = QueryLimits.NONE;
        QueryLimits limits =
            new QueryLimits(none.lookback(), none.timeout(), none.maxSamples(), account);
        threaded.range(source, query, 0, STEPS * MINUTE, MINUTE, limits);
        assertEquals(0, account.waits.get());
      }
    }
  }

  private static String text(QueryResult r) {
    StringBuilder out = new StringBuilder();
    for (MatrixSeries s : ((Value.Matrix) r.value()).series()) {
      out.append(s.labels());
      for (int i = 0; i < s.size(); i++) {
        out.append(' ').append(s.values()[i]).append(s.histogramAt(i));
      }
    }
    return out.append(r.infos()).append(r.statistics().totalQueryableSamples()).toString();
  }
}
