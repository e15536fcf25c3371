package io.lamella.gateway.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.model.TimeRange;
import io.lamella.promql.EngineOptions;
import io.lamella.promql.PromqlEngine;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.QueryResult;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.Selection;
import io.lamella.promql.source.SeriesSource;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultsCacheTest {
  private static final PromqlEngine ENGINE = new PromqlEngine(EngineOptions.defaults());

  private final GatewayMetrics metrics = new GatewayMetrics();

  private static ResultKey key(int n) {
    return new ResultKey("q", n, n, 0, Optional.empty());
  }

  private static QueryResult result(SeriesSource source, String query, long start, long end) {
    return ENGINE.range(source, query, start, end, 1000, QueryLimits.NONE);
  }

  /// A result of so many samples.
  private static CachedResult samples(int count) {
    SeriesSource none = new MemorySeriesSource(Map.of());
    QueryResult r = result(none, "vector(1)", 0, (count - 1) * 1000L);
    return new CachedResult(r, new TimeRange(0, 1), "v");
  }

  private boolean exposes(String line) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExpositionFormats.init()
        .getPrometheusTextFormatWriter()
        .write(out, metrics.registry().scrape());
    return out.toString(StandardCharsets.UTF_8).contains("\n" + line + "\n");
  }

  @Test
  void aResultIsFoundOnlyByItsKeyAndCounted() throws IOException {
    ResultsCache cache = new ResultsCache(1 << 20, metrics);
    CachedResult r = samples(10);
    cache.put(key(1), r);

    assertEquals(Optional.of(r), cache.find(key(1)));
    assertEquals(Optional.empty(), cache.find(key(2)));
    assertTrue(exposes("lamella_results_cache_requests_total 2.0"));
    assertTrue(exposes("lamella_results_cache_hits_total 1.0"));
  }

  @Test
  void tenantsDoNotFindEachOthersResults() {
    ResultsCache all = new ResultsCache(1 << 20, metrics);
    ResultsCache a = all.ofTenant("a");
    CachedResult r = samples(10);
    a.put(key(1), r);

    assertEquals(Optional.of(r), all.ofTenant("a").find(key(1)));
    assertEquals(Optional.empty(), all.ofTenant("b").find(key(1)));
    assertEquals(Optional.empty(), all.find(key(1)));
    assertEquals(a.bytes(), all.bytes());
  }

  @Test
  void bytesStayWithinTheBound() {
    ResultsCache cache = new ResultsCache(100_000, metrics);
    for (int i = 0; i < 1000; i++) {
      cache.put(key(i), samples(100));
      assertTrue(cache.bytes() <= 100_000, () -> cache.bytes() + " bytes");
    }
    assertTrue(cache.bytes() > 50_000);
  }

  @Test
  void aResultLargerThanASixteenthOfTheBoundIsNotCached() {
    ResultsCache cache = new ResultsCache(160_000, metrics);
    cache.put(key(1), samples(1000));
    assertEquals(Optional.empty(), cache.find(key(1)));
    cache.put(key(1), samples(500));
    assertTrue(cache.find(key(1)).isPresent());
  }

  @Test
  void aDisabledCacheStoresNothing() {
    ResultsCache cache = ResultsCache.disabled();
    cache.put(key(1), samples(1));
    assertEquals(Optional.empty(), cache.find(key(1)));
    assertEquals(0, cache.bytes());
  }

  @Test
  void theRecordedRangeCoversAllSelections() {
    var recorder = new CachedResult.RangeRecorder(new MemorySeriesSource(Map.of()));
    assertEquals(Optional.empty(), recorder.range());

    result(recorder, "a or b offset 1h", 10_000_000, 20_000_000);

    TimeRange covered = recorder.range().orElseThrow();
    assertTrue(covered.startMillis() <= 10_000_000 - 3_600_000, covered::toString);
    assertEquals(20_000_000, covered.endMillis());
  }

  /// The recorder returns the series of its source.
  @Test
  void selectionsReachTheSource() {
    Selection[] seen = {null};
    SeriesSource source = new MemorySeriesSource(Map.of());
    result(
        new CachedResult.RangeRecorder(s -> {
          seen[0] = s;
          return source.select(s);
        }),
        "up",
        0,
        0);
    assertTrue(seen[0] != null);
  }
}
