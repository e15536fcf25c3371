package io.lamella.gateway.results;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelResultsCacheTest {
  private static final int MAX_BYTES = 1 << 20;

  private final LabelResultsCache cache = new LabelResultsCache(MAX_BYTES, new GatewayMetrics());
  private final List<String> collected = new ArrayList<>();

  private void request(String matcher) {
    request(cache, matcher);
  }

  private void request(LabelResultsCache from, String matcher) {
    from.get(
        new LabelResultsCache.Key("names", List.of(List.of(matcher)), TimeRange.ALL, 0),
        () -> Optional.of("version"),
        () -> {
          collected.add(matcher);
          return List.of("a");
        });
  }

  @Test
  void anEqualRequestIsCollectedOnce() {
    request("a=~\"b.*\"");
    request("a=~\"b.*\"");
    request("a=~\"c.*\"");
    assertEquals(List.of("a=~\"b.*\"", "a=~\"c.*\""), collected);
  }

  @Test
  void tenantsDoNotFindEachOthersResults() {
    request(cache.ofTenant("a"), "a=\"b\"");
    request(cache.ofTenant("b"), "a=\"b\"");
    request(cache.ofTenant("a"), "a=\"b\"");
    assertEquals(2, collected.size());
  }

  /// A small result of a long request would otherwise be kept at the price of the result.
  @Test
  void theTextOfARequestCounts() {
    String text = "a".repeat(MAX_BYTES / 16);
    request(text);
    request(text);
    assertEquals(2, collected.size());
  }
}
