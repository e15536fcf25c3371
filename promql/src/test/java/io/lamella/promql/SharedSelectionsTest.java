package io.lamella.promql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.model.Labels;
import io.lamella.model.SampleColumns;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSet;
import io.lamella.promql.source.SeriesSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A selector that occurs twice does not keep its samples in memory, unless they are few.
class SharedSelectionsTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());
  private static final int SAMPLES = 2_000;

  /// Records what is selected.
  private static final class RecordingSource implements SeriesSource {
    private final SeriesSource from;
    private final List<Selection> selected = new ArrayList<>();

    RecordingSource(SeriesSource from) {
      this.from = from;
    }

    @Override
    public SeriesSet select(Selection selection) {
      selected.add(selection);
      return from.select(selection);
    }

    @Override
    public boolean readsAlike(String function, String other) {
      return function.equals("rate") == other.equals("rate");
    }

    List<String> functions() {
      return selected.stream().map(s -> s.hints().function()).sorted().toList();
    }
  }

  private static RecordingSource counters(int series) {
    Map<Labels, SampleColumns> all = new HashMap<>();
    for (int s = 0; s < series; s++) {
      SampleColumns c = new SampleColumns(SAMPLES);
      for (int i = 0; i < SAMPLES; i++) {
        c.add(i * 15_000L, i * (s + 1.0));
      }
      all.put(Labels.of("__name__", "x", "dc", "" + s % 2, "host", "h" + s), c);
    }
    return new RecordingSource(new MemorySeriesSource(all));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (dc) (rate(x[25000s])) / sum by (dc) (rate(x[29000s]))",
        "sum(max_over_time(x[25000s:1h])) > 5 and on () sum(max_over_time(x[26000s:1h])) > 1",
        "count_over_time(x[29000s]) > 5 and on (host) max_over_time(x[25000s]) < 1e9"
      })
  void rawSamplesAreNotKept(String query) {
    RecordingSource source = counters(1_000);
    CountingAccount account = CountingAccount.unlimited();
    QueryResult r = ENGINE.instant(source, query, (SAMPLES - 1) * 15_000L, account.limits());
    assertTrue(!((Value.Vector) r.value()).samples().isEmpty());
    long raw = 16L * SAMPLES * 1_000;
    assertTrue(account.peak() < raw / 4, account.peak() + " bytes, the samples have " + raw);
    assertTrue(
        r.statistics().peakSamples() <= 4_000, r.statistics().peakSamples() + " samples held");
    assertEquals(2, source.selected.size());
    assertEquals(source.selected.get(0), source.selected.get(1));
  }

  @Test
  void fewSamplesAreReadOnce() {
    RecordingSource source = counters(3);
    ENGINE.instant(source, "x > 5 and x < 1e9", 600_000, QueryLimits.NONE);
    assertEquals(1, source.selected.size());
  }

  @Test
  void bothReadersSeeAllSeries() {
    for (int series : new int[] {3, 1_000}) {
      QueryResult r =
          ENGINE.instant(
              counters(series),
              "count(max_over_time(x[25000s]) == on (host) max_over_time(x[26000s]))",
              (SAMPLES - 1) * 15_000L,
              QueryLimits.NONE);
      assertEquals(series, ((Value.Vector) r.value()).samples().getFirst().value());
    }
  }

  @Test
  void aReaderMayStartBeforeAnotherIsAtItsEnd() {
    RecordingSource source = counters(3);
    QueryResult r =
        ENGINE.instant(
            source,
            "sum(clamp_max(x, scalar(topk(1, x{host=\"h0\"}))))",
            150_000,
            QueryLimits.NONE);
    assertEquals(30, ((Value.Vector) r.value()).samples().getFirst().value());
    QueryResult same =
        ENGINE.instant(
            counters(1), "sum(clamp_max(x, scalar(topk(1, x))))", 150_000, QueryLimits.NONE);
    assertEquals(10, ((Value.Vector) same.value()).samples().getFirst().value());
  }

  @Test
  void selectorsThatReadOtherSamplesAreNotShared() {
    RecordingSource apart = counters(3);
    ENGINE.instant(apart, "rate(x[5m]) and last_over_time(x[5m])", 600_000, QueryLimits.NONE);
    RecordingSource alike = counters(3);
    ENGINE.instant(alike, "rate(x[5m]) and rate(x[6m])", 600_000, QueryLimits.NONE);

    assertEquals(List.of("last_over_time", "rate"), apart.functions());
    assertEquals(List.of("rate"), alike.functions());
  }

  @Test
  void selectorsThatNeedOtherLabelsAreReadOnce() {
    RecordingSource source = counters(4);
    QueryResult r =
        ENGINE.instant(
            source, "sum(count by (dc) (x)) + sum(count by (host) (x))", 600_000, QueryLimits.NONE);

    assertEquals(8, ((Value.Vector) r.value()).samples().getFirst().value());
    assertEquals(1, source.selected.size());
    assertEquals(
        Optional.of(Set.of("__name__", "dc", "host")), source.selected.getFirst().hints().labels());
  }

  @Test
  void aSelectorWithAFilterOfValuesIsReadByItself() {
    RecordingSource source = counters(4);
    ENGINE.instant(
        source, "count(count by (dc) (x > 5) or count by (host) (x))", 600_000, QueryLimits.NONE);

    assertEquals(2, source.selected.size());
  }
}
