package io.lamella.gateway.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.association.LabelPairs;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.model.Matcher;
import io.lamella.model.TimeRange;
import io.lamella.storage.object.ObjectKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelPairsCacheTest {
  private static LabelPairs pairs(int count) {
    LabelPairs.Builder out = new LabelPairs.Builder();
    for (int i = 0; i < count; i++) {
      out.add("first-" + i, "second-" + i, new TimeRange(i, i + 1));
    }
    return out.build();
  }

  private static PairedLabels labels(String metric, String first, String second) {
    return new PairedLabels(List.of(Matcher.equal("__name__", metric)), first, second);
  }

  private static LabelPairsCache.Key key(String block, String digest, PairedLabels labels) {
    return new LabelPairsCache.Key(new ObjectKey(block), digest, labels);
  }

  @Test
  void pairsAreThoseOfTheTenantTheContentAndTheLabels() {
    LabelPairsCache cache = new LabelPairsCache(1 << 20, new GatewayMetrics());
    LabelPairs pairs = pairs(3);
    PairedLabels labels = labels("m", "a", "b");
    cache.put(key("tenant/blocks/B", "d", labels), pairs);

    assertSame(pairs, cache.find(key("tenant/blocks/B", "d", labels("m", "a", "b"))).orElseThrow());
    assertEquals(Optional.empty(), cache.find(key("other/blocks/B", "d", labels)));
    assertEquals(Optional.empty(), cache.find(key("tenant/blocks/B", "e", labels)));
    assertEquals(Optional.empty(), cache.find(key("tenant/blocks/B", "d", labels("n", "a", "b"))));
    assertEquals(Optional.empty(), cache.find(key("tenant/blocks/B", "d", labels("m", "b", "a"))));
  }

  @Test
  void noMoreIsKeptThanTheBound() {
    int count = 200;
    LabelPairs pairs = pairs(100);
    LabelPairsCache cache = new LabelPairsCache(20 * pairs.bytes(), new GatewayMetrics());
    for (int i = 0; i < count; i++) {
      cache.put(key("blocks/B" + i, "d", labels("m", "a", "b")), pairs);
    }

    int kept = 0;
    for (int i = 0; i < count; i++) {
      kept += cache.find(key("blocks/B" + i, "d", labels("m", "a", "b"))).isPresent() ? 1 : 0;
    }
    int found = kept;
    assertTrue(found > 10 && found <= 20, () -> found + " kept");
  }
}
