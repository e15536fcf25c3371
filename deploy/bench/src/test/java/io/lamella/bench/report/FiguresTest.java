package io.lamella.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.bench.report.Measurement.Phase;
import io.lamella.bench.store.StoreRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// Quantiles, round trips, and the rows of the report.
class FiguresTest {
  private static StoreRequest request(long start, long end) {
    return new StoreRequest(
        "GET", "/b/o", "", new StoreRequest.StoreResponse(206, 1024, start, end));
  }

  private static Measurement measured(int round, long millis, String difference) {
    return new Measurement(
        "lamella",
        new Measurement.QueryRound("Q1", "title", round),
        Phase.COLD,
        difference,
        new Measurement.QueryCost(
            millis * 1_000_000,
            0.01,
            List.of(request(0, 5), request(1, 3)),
            Map.of("memory hit", 3.0, "memory miss", 1.0)));
  }

  @Test
  void aQuantileIsTheValueAtItsRank() {
    NearestRankQuantiles q =
        NearestRankQuantiles.of(DoubleStream.iterate(1, v -> v + 1).limit(10).boxed().toList());

    assertEquals(5, q.at(0.5));
    assertEquals(9, q.at(0.9));
    assertEquals(10, q.at(0.99));
    assertEquals(1, q.min());
    assertEquals(10, q.max());
    assertEquals(7, NearestRankQuantiles.of(List.of(7.0)).at(0.01));
    assertEquals(0, NearestRankQuantiles.of(List.of()).at(0.5));
  }

  @Test
  void requestsThatOverlapDirectlyOrThroughOthersAreOneRoundTrip() {
    assertEquals(0, RoundTrips.count(List.of()));
    assertEquals(1, RoundTrips.count(List.of(request(0, 5), request(2, 9), request(8, 10))));
    assertEquals(2, RoundTrips.count(List.of(request(5, 9), request(0, 5))));
    // The long one spans both of the short ones.
    assertEquals(1, RoundTrips.count(List.of(request(0, 10), request(1, 2), request(3, 4))));
    assertEquals(3, RoundTrips.count(List.of(request(0, 1), request(2, 3), request(4, 5))));
  }

  @Test
  void wrongResultsAreCountedAndTheirTimesAreNot() {
    ResultRow row =
        ResultRow.of(
                List.of(measured(0, 10, ""), measured(0, 1, "another value"), measured(1, 30, "")))
            .getFirst();

    assertEquals(3, row.correctness().queries());
    assertEquals(1, row.correctness().wrong());
    assertEquals(10, row.times().p50Millis());
    assertEquals(30, row.times().p99Millis());
    assertEquals(new ResultRow.MedianRange(10, 30), row.times().medians());
  }

  @Test
  void aRowHasTheRequestsAndBytesOfAQuery() {
    ResultRow row = ResultRow.of(List.of(measured(0, 10, ""))).getFirst();

    assertEquals(1, row.store().rounds());
    assertEquals(2, row.store().gets());
    assertEquals(2, row.store().fetchedKib());
    assertEquals(10, row.times().cpuMillis());
    assertEquals(0.75, row.hitShare());
    assertEquals(0.00072, row.store().dollars(), 1e-12);
  }
}
