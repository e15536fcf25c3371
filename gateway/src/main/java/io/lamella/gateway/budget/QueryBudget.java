package io.lamella.gateway.budget;

import io.lamella.promql.QueryException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// The account of one query: reserves before the work, counts during it. Thread-safe.
public final class QueryBudget {
  private final FetchLimits ceilings;
  private final AtomicLong series = new AtomicLong();
  private final AtomicLong reservedBytes = new AtomicLong();
  private final AtomicLong reservedReads = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLongArray cachedRanges = new AtomicLongArray(Tier.values().length);
  private final AtomicLongArray cachedBytes = new AtomicLongArray(Tier.values().length);
  private final AtomicLong selecting = new AtomicLong();
  private final Optional<QueryTrace> trace;
  private final MemoryPool.Lease memory;
  private volatile ReadPriority urgency = ReadPriority.NOW;

  /// The budget of something that is no query: memory is bounded by the other ceilings alone.
  public QueryBudget(FetchLimits ceilings) {
    this(ceilings, new MemoryPool(Long.MAX_VALUE).lease(), Optional.empty());
  }

  /// @param memory the query's share of what all queries may hold; whoever made it closes it
  /// @param trace where the query is to be explained
  public QueryBudget(FetchLimits ceilings, MemoryPool.Lease memory, Optional<QueryTrace> trace) {
    this.ceilings = ceilings;
    this.memory = memory;
    this.trace = trace;
  }

  /// The budget of work that no query waits for yet; nothing bounds it.
  public static QueryBudget ahead() {
    QueryBudget budget = new QueryBudget(FetchLimits.NONE);
    budget.urgency = ReadPriority.AHEAD;
    return budget;
  }

  public ReadPriority urgency() {
    return urgency;
  }

  /// Tells that a query waits for what this budget's work reads.
  public void hurry() {
    urgency = ReadPriority.NOW;
  }

  /// Where the query is to be explained, what to tell of it.
  public Optional<QueryTrace> trace() {
    return trace;
  }

  /// What the query has sent to the store so far.
  ///
  /// @param reads ranged reads
  /// @param bytes their lengths together
  /// @param cached wanted ranges that no read was sent for
  /// @param selectingNanos that the engine waited for selections
  public record Used(
      long series, long reads, long bytes, Map<Tier, Cached> cached, long selectingNanos) {
    public static final Used NOTHING = new Used(0, 0, 0, Map.of(), 0);

    /// Wanted ranges and their lengths together.
    public record Cached(long ranges, long bytes) {}

    public Used {
      cached = Map.copyOf(cached);
    }

    public long cachedRanges() {
      return cached.values().stream().mapToLong(Cached::ranges).sum();
    }

    public long cachedBytes() {
      return cached.values().stream().mapToLong(Cached::bytes).sum();
    }
  }

  /// @throws QueryException.TooExpensive where the query's selectors match too many series together
  public void reserveSeries(long more) {
    check("series", series.addAndGet(more), ceilings.maxSeries());
  }

  /// @throws QueryException.TooExpensive where the planned reads are too many or too long
  public void reserveReads(long moreReads, long moreBytes) {
    check("ranged reads", reservedReads.addAndGet(moreReads), ceilings.maxReads());
    check("bytes to fetch", reservedBytes.addAndGet(moreBytes), ceilings.maxBytes());
  }

  /// Takes memory that the query will hold until it ends, waiting where other queries hold it.
  ///
  /// @throws QueryException.TooExpensive where there will never be so much
  public void reserveMemory(long moreBytes) throws InterruptedException {
    memory.reserve(moreBytes);
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
  public void countCached(Tier tier, long ranges, long rangeBytes) {
    cachedRanges.addAndGet(tier.ordinal(), ranges);
    cachedBytes.addAndGet(tier.ordinal(), rangeBytes);
  }

  /// Counts time that the engine waited for a selection.
  public void countSelecting(long nanos) {
    selecting.addAndGet(nanos);
  }

  public Used used() {
    Map<Tier, Used.Cached> cached = new EnumMap<>(Tier.class);
    for (Tier t : Tier.values()) {
      long ranges = cachedRanges.get(t.ordinal());
      if (ranges > 0) {
        cached.put(t, new Used.Cached(ranges, cachedBytes.get(t.ordinal())));
      }
    }
    return new Used(series.get(), reads.get(), bytes.get(), cached, selecting.get());
  }
}
