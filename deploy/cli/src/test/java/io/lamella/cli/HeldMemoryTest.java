package io.lamella.cli;

import static io.lamella.cli.HandMadeBlock.DAY;
import static io.lamella.cli.HandMadeBlock.DAY_MILLIS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.limits.FetchLimits;
import io.lamella.gateway.limits.MemoryPool;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryOptions;
import io.lamella.model.TimeRange;
import io.lamella.promql.QueryException;
import io.lamella.promql.QueryLimits;
import io.lamella.promql.Value;
import io.lamella.storage.object.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A query reserves what its pages inflate to, as long as it holds them, and counts each series
/// once.
class HeldMemoryTest {
  /// Pages of constant series inflate to more than a hundred times their stored size.
  private static final String QUERY = "sum(changes(constant[1d]))";

  @TempDir Path directory;

  /// A block whose series have the same value every four seconds: 9 KiB a series, each in a page of
  /// its own.
  private ObjectStore store(int series, int copies) throws Exception {
    long[] times = new long[21_000];
    for (int i = 0; i < times.length; i++) {
      times[i] = DAY + i * 4000L;
    }
    HandMadeBlock block = new HandMadeBlock();
    for (int i = 0; i < series; i++) {
      block.add("constant", String.format("dc%03d", i), times);
    }
    return CopiedBlocks.write(block, directory, copies);
  }

  private static Gateway open(ObjectStore store, long bytesPerQuery) throws Exception {
    return Gateway.open(
        store,
        GatewayOptions.defaults().withoutResultsCache().withQueryMemoryBytes(2 * bytesPerQuery));
  }

  private static double result(Gateway gateway, QueryOptions options) {
    Value value = gateway.queries().instant(QUERY, DAY + DAY_MILLIS - 1, options).value().value();
    return switch (value) {
      case Value.Vector v -> v.samples().getFirst().value();
      default -> throw new AssertionError(value);
    };
  }

  @Test
  void pagesThatInflateBeyondTheMemoryOfAQueryAreRefused() throws Exception {
    try (ObjectStore store = store(1, 400);
        Gateway gateway = open(store, 2 << 20)) {
      QueryException.TooExpensive e =
          assertThrows(QueryException.TooExpensive.class, () -> result(gateway, QueryOptions.NONE));
      assertTrue(e.getMessage().contains("bytes of memory"), e.getMessage());
    }
  }

  /// A few small series of a metric that has many runs, in many blocks: their metadata takes 13 MB.
  private static Gateway ofLargeMetadata(ObjectStore store, long cacheBytes, long bytesPerQuery)
      throws Exception {
    return Gateway.open(
        store,
        GatewayOptions.defaults()
            .withoutResultsCache()
            .withMetadataBytes(cacheBytes)
            .withQueryMemoryBytes(2 * bytesPerQuery));
  }

  private ObjectStore manyRuns(int runs, int copies) throws Exception {
    HandMadeBlock block = new HandMadeBlock();
    for (int i = 0; i < runs; i++) {
      block.add("constant", String.format("dc%04d", i), DAY);
    }
    return CopiedBlocks.write(block, directory, copies);
  }

  private static void selectOne(Gateway gateway) {
    gateway.queries().instant("constant{dc_id=\"dc0001\"}", DAY, QueryOptions.NONE);
  }

  @Test
  void metadataThatTheCacheHasNoRoomForIsMemoryOfTheQuery() throws Exception {
    try (ObjectStore store = manyRuns(3000, 40)) {
      try (Gateway gateway = ofLargeMetadata(store, 64 << 20, 4 << 20)) {
        selectOne(gateway);
      }
      try (Gateway gateway = ofLargeMetadata(store, 1 << 20, 4 << 20)) {
        QueryException.TooExpensive e =
            assertThrows(QueryException.TooExpensive.class, () -> selectOne(gateway));
        assertTrue(e.getMessage().contains("bytes of memory"), e.getMessage());
      }
    }
  }

  @Test
  void labelsOfManyBlocksHoldTheMetadataOfSomeAtATime() throws Exception {
    try (ObjectStore store = manyRuns(1, 3000);
        Gateway gateway = ofLargeMetadata(store, 1 << 20, 8 << 20)) {
      LabelsRequest all = new LabelsRequest(List.of(), new TimeRange(DAY, DAY + 1), 0);

      assertEquals(
          Set.of("__name__", "dc_id"),
          gateway.queries().labelNames(all, QueryOptions.NONE).value());
    }
  }

  /// Repeated, because what threads hold when memory ends depends on their timing.
  @RepeatedTest(20)
  void aPageIsReleasedAfterItsLastSeries() throws Exception {
    try (ObjectStore store = store(400, 1);
        Gateway gateway = open(store, 2 << 20)) {
      assertEquals(0, result(gateway, QueryOptions.NONE));
    }
  }

  /// Such as of results that slow clients take.
  @RepeatedTest(20)
  void threadsDoNotWaitForMemoryThatOneThreadDoesNotNeed() throws Exception {
    try (ObjectStore store = store(400, 1);
        Gateway gateway = open(store, 8 << 20);
        MemoryPool.Lease one = gateway.queries().memory().lease();
        MemoryPool.Lease other = gateway.queries().memory().lease()) {
      one.reserve(8 << 20);
      other.reserve(6 << 20);
      QueryLimits seconds = new QueryLimits(Optional.empty(), Optional.of(Duration.ofSeconds(20)));
      assertEquals(0, result(gateway, QueryOptions.of(seconds)));
    }
  }

  @Test
  void aSeriesInManyBlocksIsCountedOnce() throws Exception {
    try (ObjectStore store = store(3, 4);
        Gateway gateway = open(store, 64 << 20)) {
      QueryOptions three =
          new QueryOptions(
              QueryLimits.NONE,
              new FetchLimits(3, Long.MAX_VALUE, Long.MAX_VALUE),
              QueryOptions.Explain.NO);
      assertEquals(0, result(gateway, three));

      QueryOptions two =
          new QueryOptions(
              QueryLimits.NONE,
              new FetchLimits(2, Long.MAX_VALUE, Long.MAX_VALUE),
              QueryOptions.Explain.NO);
      assertThrows(QueryException.TooExpensive.class, () -> result(gateway, two));
    }
  }
}
