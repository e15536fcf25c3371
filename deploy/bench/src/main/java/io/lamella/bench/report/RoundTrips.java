package io.lamella.bench.report;

import io.lamella.bench.store.StoreRequest;
import java.util.Comparator;
import java.util.List;

/// Dependent rounds of a query's requests. Requests that overlap in time, directly or through
/// others, are one round: none of them can have waited for the answer of another. What begins after
/// all before it has ended is taken to have waited for it.
public final class Rounds {
  private Rounds() {}

  public static int count(List<StoreRequest> requests) {
    int rounds = 0;
    long end = Long.MIN_VALUE;
    for (StoreRequest r :
        requests.stream().sorted(Comparator.comparingLong(StoreRequest::startNanos)).toList()) {
      if (rounds == 0 || r.startNanos() - end >= 0) {
        rounds++;
        end = r.endNanos();
      } else if (r.endNanos() - end > 0) {
        end = r.endNanos();
      }
    }
    return rounds;
  }
}
