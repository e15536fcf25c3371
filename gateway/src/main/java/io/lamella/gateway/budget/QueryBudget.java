package io.lamella.gateway.budget;

import io.lamella.promql.QueryException;
import java.util.concurrent.atomic.AtomicLong;

/// The account of one query: reserves before the work, counts during it. Thread-safe.
public final class QueryBudget {
  private final QueryCeilings ceilings;
  private final AtomicLong series = new AtomicLong();
  private final AtomicLong reservedBytes = new AtomicLong();
  private final AtomicLong reservedReads = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong cachedRanges = new AtomicLong();
  private final AtomicLong cachedBytes = new AtomicLong();

  public QueryBudget(QueryCeilings ceilings) {
    this.ceilings = ceilings;
  }

  /// What the query has sent to the store so far.
  ///
  /// @param reads ranged reads
  /// @param bytes their lengths together
  /// @param cachedRanges wanted ranges that no read was sent for: a cache had them, or another
  ///   query was reading them
  /// @param cachedBytes their lengths together
  public record Used(long series, long reads, long bytes, long cachedRanges, long cachedBytes) {}

  /// @throws QueryException.TooExpensive where the query's selectors match too many series together
  public void reserveSeries(long more) {
    check("series", series.addAndGet(more), ceilings.maxSeries());
  }

  /// @throws QueryException.TooExpensive where the planned reads are too many or too long
  public void reserveReads(long moreReads, long moreBytes) {
    check("ranged reads", reservedReads.addAndGet(moreReads), ceilings.maxReads());
    check("bytes to fetch", reservedBytes.addAndGet(moreBytes), ceilings.maxBytes());
  }

  private static void check(String what, long wanted, long limit) {
    if (wanted > limit) {
      throw new QueryException.TooExpensive(
          "query exceeds the limit of "
              + limit
              + " "
              + what
              + ": "
              + wanted
              + " planned so far; narrow the selectors or the time range",
          limit,
          wanted);
    }
  }

  /// Counts a read that went to the store.
  public void count(long readBytes) {
    reads.incrementAndGet();
    bytes.addAndGet(readBytes);
  }

  /// Counts wanted ranges that no read was sent for.
  public void countCached(long ranges, long rangeBytes) {
    cachedRanges.addAndGet(ranges);
    cachedBytes.addAndGet(rangeBytes);
  }

  public Used used() {
    return new Used(series.get(), reads.get(), bytes.get(), cachedRanges.get(), cachedBytes.get());
  }
}
