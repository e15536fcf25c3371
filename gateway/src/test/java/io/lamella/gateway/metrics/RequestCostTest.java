package io.lamella.gateway.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.FaultyObjectStore;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.RetryingObjectStore;
import io.lamella.storage.object.RetryingObjectStore.RetryPolicy;
import io.lamella.storage.object.local.MemoryObjectStore;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What requests cost, in the metrics and on a query's budget.
class RequestCostTest {
  private final GatewayMetrics metrics = new GatewayMetrics();
  private final MemoryObjectStore memory = new MemoryObjectStore();
  private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
  private final MeteredObjectStore metered =
      new MeteredObjectStore(faulty, metrics, new RequestPrices(1, 10));
  private final ObjectVersion object = memory.put(new ObjectKey("a"), ByteBuffer.allocate(10));
  private final QueryBudget query = new QueryBudget(FetchLimits.DEFAULT);
  private final RequestOrigin origin = new RequestOrigin(Optional.of(query), false);

  private double dollars(String kind) {
    return metrics
        .registry()
        .scrape(n -> n.equals("lamella_object_store_cost_dollars_total"))
        .stream()
        .flatMap(m -> ((CounterSnapshot) m).getDataPoints().stream())
        .filter(d -> kind.equals(d.getLabels().get("kind")))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  @Test
  void eachRequestCostsItsPrice() throws IOException {
    metered.read(object, new ByteRange(0, 1));
    metered.head(object.key());
    metered.listPage("", "");

    assertEquals(2e-6, dollars("read"), 1e-12);
    assertEquals(10e-6, dollars("list"), 1e-12);
    assertEquals(0, dollars("hedge"));
  }

  @Test
  void failedAttemptsAndRetriesCostAsMuch() throws IOException {
    faulty.next(FaultyObjectStore.Fault.UNAVAILABLE, FaultyObjectStore.Fault.UNAVAILABLE);
    RetryingObjectStore retrying =
        new RetryingObjectStore(
            metered,
            new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(9)));

    origin.call(() -> retrying.read(object, new ByteRange(0, 1)));

    assertEquals(3, query.used().cost(RequestKind.READ).requests());
    assertEquals(3e-6, query.used().cost(RequestKind.READ).dollars(), 1e-12);
  }

  @Test
  void hedgedRequestsAreCountedApart() throws IOException {
    origin.call(() -> metered.read(object, new ByteRange(0, 1)));
    origin.hedged().call(() -> metered.read(object, new ByteRange(0, 1)));
    metered.read(object, new ByteRange(0, 1));

    assertEquals(1, query.used().cost(RequestKind.READ).requests());
    assertEquals(1, query.used().cost(RequestKind.HEDGE).requests());
    assertEquals(1e-6, dollars("hedge"), 1e-12);
    assertEquals(2e-6, dollars("read"), 1e-12);
  }

  @Test
  void aRequestWithoutAQueryIsCountedInTheMetricsAlone() {
    faulty.next(FaultyObjectStore.Fault.UNAVAILABLE);

    assertThrows(ObjectStoreException.Unavailable.class, () -> metered.readAll(object.key(), 100));
    assertEquals(1e-6, dollars("read"), 1e-12);
    assertEquals(0, query.used().cost(RequestKind.READ).requests());
  }

  @Test
  void negativePricesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RequestPrices(-1, 1));
  }
}
