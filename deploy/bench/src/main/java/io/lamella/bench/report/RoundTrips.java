package io.lamella.bench.report;

import io.lamella.bench.store.StoreRequest;
import java.util.Comparator;
import java.util.List;

/// Counts the dependent round trips of a query. Requests that overlap in time, directly or through
/// others, are one round trip: none of them waited for the response to another. A request that
/// starts after all earlier ones have ended is assumed to depend on them.
public final class RoundTrips {
  private RoundTrips() {}

  public static int count(List<StoreRequest> requests) {
    int roundTrips = 0;
    long end = Long.MIN_VALUE;
    for (StoreRequest.StoreResponse r :
        requests.stream()
            .map(StoreRequest::response)
            .sorted(Comparator.comparingLong(StoreRequest.StoreResponse::startNanos))
            .toList()) {
      if (roundTrips == 0 || r.startNanos() - end >= 0) {
        roundTrips++;
        end = r.endNanos();
      } else if (r.endNanos() - end > 0) {
        end = r.endNanos();
      }
    }
    return roundTrips;
  }
}
