package io.lamella.gateway.limits;

import io.lamella.gateway.explain.QueryTrace;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.RequestKind;
import io.lamella.gateway.metrics.RequestOrigin;
import io.lamella.promql.MemoryAccount;
import io.lamella.promql.QueryException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;

/// The budget of one query: work is reserved before it is done and counted while it is done.
/// Thread-safe.
public final class QueryBudget implements RequestOrigin.Account {
  private final FetchLimits limits;
  private final Counts counts;
  private final Optional<QueryTrace> trace;
  private final MemoryPool.Lease memory;

  /// Of the memory, that of a part of the query; empty where this is the budget of the whole one.
  private final Optional<PartMemory> part;

  private final AtomicLong engineHeld = new AtomicLong();
  private volatile boolean prefetch;

  /// What a query has used so far, with all its parts.
  private static final class Counts {
    final AtomicLong series = new AtomicLong();
    final AtomicLong reservedBytes = new AtomicLong();
    final AtomicLong reservedReads = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong bytes = new AtomicLong();
    final AtomicLongArray cachedRanges = new AtomicLongArray(CacheTier.values().length);
    final AtomicLongArray cachedBytes = new AtomicLongArray(CacheTier.values().length);
    final AtomicLong coalescedRanges = new AtomicLong();
    final AtomicLong coalescedBytes = new AtomicLong();
    final AtomicLong selecting = new AtomicLong();
    final AtomicLongArray requests = new AtomicLongArray(RequestKind.values().length);
    final Map<RequestKind, DoubleAdder> dollars = new EnumMap<>(RequestKind.class);

    Counts() {
      for (RequestKind k : RequestKind.values()) {
        dollars.put(k, new DoubleAdder());
      }
    }
  }

  /// A budget outside the shared memory pool: memory is bounded by the other limits alone.
  public QueryBudget(FetchLimits limits) {
    this(limits, new MemoryPool(Long.MAX_VALUE).lease(), Optional.empty());
  }

  /// @param memory the query's share of the memory pool; the caller closes it
  /// @param trace to fill in, where the query is to be explained
  public QueryBudget(FetchLimits limits, MemoryPool.Lease memory, Optional<QueryTrace> trace) {
    this.limits = limits;
    this.memory = memory;
    this.trace = trace;
    this.part = Optional.empty();
    this.counts = new Counts();
  }

  private QueryBudget(QueryBudget query) {
    limits = query.limits;
    memory = query.memory;
    trace = query.trace;
    counts = query.counts;
    part = Optional.of(new PartMemory(query.memory));
  }

  /// The budget of a part of this query that ends before it: its work counts as that of the query,
  /// and what it holds is given back by [#endPart].
  public QueryBudget part() {
    return new QueryBudget(this);
  }

  /// Ends a part of a query: its threads that still run reserve nothing any more. Does nothing to
  /// the whole query.
  public void endPart() {
    part.ifPresent(PartMemory::end);
  }

  /// An unlimited budget for reads that no query waits for yet.
  public static QueryBudget prefetch() {
    QueryBudget budget = new QueryBudget(FetchLimits.NONE);
    budget.prefetch = true;
    return budget;
  }

  /// True while no query waits for the reads of this budget.
  public boolean isPrefetch() {
    return prefetch;
  }

  /// Marks that a query waits for the reads of this budget from now on.
  public void promote() {
    prefetch = false;
  }

  /// Bytes of memory that the query holds.
  public long heldMemory() {
    return memory.held();
  }

  /// The trace to fill in; empty where the query is not to be explained.
  public Optional<QueryTrace> trace() {
    return trace;
  }

  /// What the query has used so far.
  ///
  /// @param series that its selectors matched
  /// @param reads ranged reads sent to the store, and the sum of their lengths in `bytes`
  /// @param cached requested ranges found in a cache
  /// @param coalesced requested ranges that an already running read fetched
  /// @param cost requests that its reads sent, and their price
  /// @param selectingNanos time the engine waited for selections
  public record Used(
      long series,
      long reads,
      long bytes,
      Map<CacheTier, Ranges> cached,
      Ranges coalesced,
      Map<RequestKind, Cost> cost,
      long selectingNanos) {
    public static final Used NOTHING = new Used(0, 0, 0, Map.of(), Ranges.NONE, Map.of(), 0);

    /// A number of requests to the store and their price.
    public record Cost(long requests, double dollars) {
      public static final Cost NONE = new Cost(0, 0);
    }

    /// A number of ranges and the sum of their lengths.
    public record Ranges(long ranges, long bytes) {
      public static final Ranges NONE = new Ranges(0, 0);
    }

    public Used {
      cached = Map.copyOf(cached);
      cost = Map.copyOf(cost);
    }

    /// The requests of this kind.
    public Cost cost(RequestKind kind) {
      return cost.getOrDefault(kind, Cost.NONE);
    }

    /// The requested ranges found in this cache.
    public Ranges cached(CacheTier tier) {
      return cached.getOrDefault(tier, Ranges.NONE);
    }

    /// All requested ranges that no read was sent for.
    public Ranges saved() {
      long ranges = coalesced.ranges();
      long bytes = coalesced.bytes();
      for (Ranges r : cached.values()) {
        ranges += r.ranges();
        bytes += r.bytes();
      }
      return new Ranges(ranges, bytes);
    }
  }

  /// Checks, without counting, that so many more series may be selected.
  ///
  /// @throws QueryException.TooExpensive where they are too many
  public void checkSeries(long more) {
    check("series", counts.series.get() + more, limits.maxSeries());
  }

  /// Counts series that a selector matched, each once however many blocks have it.
  ///
  /// @throws QueryException.TooExpensive where the query's selectors match too many series together
  public void reserveSeries(long more) {
    check("series", counts.series.addAndGet(more), limits.maxSeries());
  }

  /// @throws QueryException.TooExpensive where the planned reads are too many or too long
  public void reserveReads(long moreReads, long moreBytes) {
    check("ranged reads", counts.reservedReads.addAndGet(moreReads), limits.maxReads());
    check("bytes to fetch", counts.reservedBytes.addAndGet(moreBytes), limits.maxBytes());
  }

  /// Reserves memory until the query's data is read, waiting while other queries hold it.
  ///
  /// @throws QueryException.TooExpensive where so much memory can never become free
  /// @throws QueryException.Cancelled where the thread is interrupted while it waits
  public void reserveMemory(long moreBytes) {
    memory().reserve(moreBytes);
  }

  /// Reserves memory that is in use already.
  ///
  /// @throws QueryException.TooExpensive where there is not so much
  public void reserveMemoryAtOnce(long moreBytes) {
    part.ifPresentOrElse(p -> p.reserveAtOnce(moreBytes), () -> memory.reserveAtOnce(moreBytes));
  }

  /// Reserves memory where so much is free now, without waiting.
  ///
  /// @return false where so much is not free
  public boolean tryReserveMemory(long moreBytes) {
    return memory().tryReserve(moreBytes);
  }

  /// Gives back memory that was reserved.
  public void releaseMemory(long bytes) {
    memory().release(bytes);
  }

  /// The account for what is held until the query's data is read.
  public MemoryAccount memory() {
    return part.<MemoryAccount>map(p -> p).orElse(memory);
  }

  /// The account for what the engine holds. What it does not release is its result.
  public MemoryAccount engineMemory() {
    return new MemoryAccount() {
      @Override
      public void reserve(long bytes) {
        memory.reserve(bytes);
        engineHeld.addAndGet(bytes);
      }

      @Override
      public boolean tryReserve(long bytes) {
        boolean reserved = memory.tryReserve(bytes);
        if (reserved) {
          engineHeld.addAndGet(bytes);
        }
        return reserved;
      }

      @Override
      public void release(long bytes) {
        engineHeld.addAndGet(-bytes);
        memory.release(bytes);
      }
    };
  }

  /// Ends reading and evaluation: of all memory, only that of the result stays reserved.
  ///
  /// @param resultBytes of the result; the engine's own figure counts where it is larger
  public void keepResult(long resultBytes) {
    memory.keep(Math.max(resultBytes, engineHeld.get()));
  }

  private static void check(String what, long planned, long limit) {
    if (planned > limit) {
      throw new QueryException.TooExpensive(
          "query exceeds the limit of "
              + limit
              + " "
              + what
              + ": "
              + planned
              + " planned so far; narrow the selectors or the time range",
          limit,
          planned);
    }
  }

  /// Counts a read that went to the store.
  public void count(long readBytes) {
    counts.reads.incrementAndGet();
    counts.bytes.addAndGet(readBytes);
  }

  /// Counts a request to the store: the first one of a read, a retry or a hedged one.
  @Override
  public void charge(RequestKind kind, double price) {
    counts.requests.incrementAndGet(kind.ordinal());
    cost(kind).add(price);
  }

  private DoubleAdder cost(RequestKind kind) {
    return Objects.requireNonNull(counts.dollars.get(kind));
  }

  /// Counts requested ranges that were found in a cache.
  public void countCached(CacheTier tier, long ranges, long rangeBytes) {
    counts.cachedRanges.addAndGet(tier.ordinal(), ranges);
    counts.cachedBytes.addAndGet(tier.ordinal(), rangeBytes);
  }

  /// Counts a requested range that an already running read fetches.
  public void countCoalesced(long rangeBytes) {
    counts.coalescedRanges.incrementAndGet();
    counts.coalescedBytes.addAndGet(rangeBytes);
  }

  /// Counts time that the engine waited for a selection.
  public void countSelecting(long nanos) {
    counts.selecting.addAndGet(nanos);
  }

  public Used used() {
    Map<CacheTier, Used.Ranges> cached = new EnumMap<>(CacheTier.class);
    for (CacheTier t : CacheTier.values()) {
      long ranges = counts.cachedRanges.get(t.ordinal());
      if (ranges > 0) {
        cached.put(t, new Used.Ranges(ranges, counts.cachedBytes.get(t.ordinal())));
      }
    }
    Map<RequestKind, Used.Cost> costs = new EnumMap<>(RequestKind.class);
    for (RequestKind k : RequestKind.values()) {
      long sent = counts.requests.get(k.ordinal());
      if (sent > 0) {
        costs.put(k, new Used.Cost(sent, cost(k).sum()));
      }
    }
    return new Used(
        counts.series.get(),
        counts.reads.get(),
        counts.bytes.get(),
        cached,
        new Used.Ranges(counts.coalescedRanges.get(), counts.coalescedBytes.get()),
        costs,
        counts.selecting.get());
  }
}
