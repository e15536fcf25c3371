package io.lamella.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.model.Labels;
import io.lamella.model.Matcher;
import io.lamella.model.SampleColumns;
import io.lamella.model.Stale;
import io.lamella.model.TimeRange;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import io.lamella.promql.VectorSample;
import io.lamella.promql.source.MemorySeriesSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatestSamplesTest {
  private static final TimeRange RANGE = new TimeRange(1000, 2000);

  private final Map<Labels, SampleColumns> series = new HashMap<>();

  private void add(String name, double... timesAndValues) {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < timesAndValues.length; i += 2) {
      samples.add((long) timesAndValues[i], timesAndValues[i + 1]);
    }
    series.put(Labels.of("__name__", name), samples);
  }

  private List<VectorSample> read(MemoryAccount memory, String... names) {
    return LatestSamples.read(
        new MemorySeriesSource(series),
        List.of(names).stream()
            .map(n -> List.of(Matcher.of(Matcher.Type.REGEX, "__name__", n)))
            .toList(),
        RANGE,
        memory);
  }

  private List<String> read(String... names) {
    return read(MemoryAccount.UNLIMITED, names).stream()
        .map(s -> s.labels().metricName() + " " + s.value() + "@" + s.timeMillis())
        .toList();
  }

  @Test
  void theNewestSampleOfTheRangeIsReturnedWithItsTime() {
    add("a", 900, 1, 1500, 2, 1900, 3, 2001, 4);

    assertEquals(List.of("a 3.0@1900"), read("a"));
  }

  @Test
  void bothEndsOfTheRangeCount() {
    add("first", 1000, 1);
    add("last", 2000, 2);
    add("before", 999, 3);
    add("after", 2001, 4);

    assertEquals(List.of("first 1.0@1000", "last 2.0@2000"), read(".*"));
  }

  @Test
  void aSeriesThatEndedHasNone() {
    add("ended", 1500, 1, 1600, Stale.MARKER);
    add("resumed", 1500, 1, 1600, Stale.MARKER, 1700, 2);

    assertEquals(List.of("resumed 2.0@1700"), read(".*"));
  }

  @Test
  void aSeriesThatSeveralSelectorsMatchIsReturnedOnce() {
    add("ab", 1500, 1);
    add("b", 1500, 2);

    assertEquals(List.of("ab 1.0@1500", "b 2.0@1500"), read(".*b", "a.*"));
  }

  @Test
  void whatIsHeldIsReservedBefore() {
    add("a", 1500, 1);
    MemoryAccount full =
        new MemoryAccount() {
          @Override
          public void reserve(long bytes) {
            throw new QueryException.TooExpensive("full", 0, bytes);
          }

          @Override
          public void release(long bytes) {}
        };

    assertThrows(QueryException.TooExpensive.class, () -> read(full, "a"));
  }
}
