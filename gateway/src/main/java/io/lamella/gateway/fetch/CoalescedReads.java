package io.lamella.gateway.fetch;

import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageCache.Admission;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads what no cache has, near ranges as one read, each range once at a time however many queries
/// want it: reads are [SingleFlight].
public final class CoalescedReads {
  private final ScheduledReads store;
  private final Coalescing coalescing;
  private final PageCache cache;
  private final FetchMetrics metrics;
  private final SingleFlight<PageKey, Map<PageKey, ByteBuffer>> flights = new SingleFlight<>();

  public CoalescedReads(
      ScheduledReads store, Coalescing coalescing, PageCache cache, FetchMetrics metrics) {
    this.store = store;
    this.coalescing = coalescing;
    this.cache = cache;
    this.metrics = metrics;
    metrics.gauge("lamella_reads_running", "Reads under way.", () -> store.gate().running());
    metrics.gauge(
        "lamella_reads_waiting", "Reads that wait for a place.", () -> store.gate().waiting());
  }

  /// How ranges become reads, where what comes may be kept, and who reads.
  private record Order(Coalescing coalescing, Admission admission, QueryBudget budget) {}

  private static long bytes(Collection<List<PageKey>> pages) {
    return pages.stream().flatMap(List::stream).mapToLong(p -> p.range().length()).sum();
  }

  /// Reads ranges, those of one object near each other as one.
  ///
  /// @param budget of the query that asks; it counts the reads that it causes
  /// @throws StaleObjectException where an object is another version now, or gone
  /// @throws InterruptedException where the query is cancelled or its time is up; reads go on that
  ///   others wait for
  public Map<PageKey, ByteBuffer> read(
      Collection<PageKey> pages, Admission admission, QueryBudget budget)
      throws IOException, InterruptedException {
    Map<PageKey, ByteBuffer> all = new HashMap<>();
    List<Map<PageKey, ByteBuffer>> brought =
        flights.bring(
            budget,
            boarding -> {
              Map<FileVersion, List<PageKey>> mine = new LinkedHashMap<>();
              for (PageKey page : pages) {
                if (boarding.join(page)) {
                  metrics.shared();
                  budget.countCoalesced(page.range().length());
                  continue;
                }
                // It may have landed since the caller looked.
                Optional<ByteBuffer> landed = cache.peek(page);
                if (landed.isPresent()) {
                  all.put(page, landed.get());
                  budget.countCached(CacheTier.MEMORY, 1, page.range().length());
                } else {
                  mine.computeIfAbsent(page.file(), f -> new ArrayList<>()).add(page);
                }
              }
              Coalescing forBatch = coalescing.forBatch(bytes(mine.values()));
              mine.forEach((file, wanted) ->
                  start(file, wanted, new Order(forBatch, admission, budget), boarding));
            });
    brought.forEach(b -> b.forEach((k, v) -> all.put(k, v.duplicate())));
    return all;
  }

  private void start(
      FileVersion file,
      List<PageKey> wanted,
      Order order,
      SingleFlight<PageKey, Map<PageKey, ByteBuffer>>.Boarding boarding) {
    TreeMap<Long, ByteRange> reads = new TreeMap<>();
    for (ByteRange r : order.coalescing().reads(wanted.stream().map(PageKey::range).toList())) {
      reads.put(r.start(), r);
    }
    Map<ByteRange, List<PageKey>> pages = new LinkedHashMap<>();
    for (PageKey page : wanted) {
      ByteRange read = reads.floorEntry(page.range().start()).getValue();
      pages.computeIfAbsent(read, r -> new ArrayList<>()).add(page);
    }
    pages.forEach((range, inIt) ->
        boarding.start(
            inIt,
            () ->
                cut(
                    store.read(file.object(), range, order.budget()),
                    range,
                    inIt,
                    order.admission())));
  }

  /// Cuts the wanted ranges out. What goes into a cache is copied, so that a page there does not
  /// hold the whole read in memory.
  private Map<PageKey, ByteBuffer> cut(
      ByteBuffer bytes, ByteRange range, List<PageKey> pages, Admission admission) {
    Map<PageKey, ByteBuffer> out = new HashMap<>();
    long wanted = 0;
    for (PageKey page : pages) {
      ByteBuffer part =
          bytes.slice((int) (page.range().start() - range.start()), (int) page.range().length());
      wanted += part.remaining();
      if (admission.any() && part.remaining() < bytes.remaining()) {
        part = ByteBuffer.allocate(part.remaining()).put(part).flip();
      }
      cache.put(page, part, admission);
      out.put(page, part);
    }
    metrics.gap(Math.max(0, range.length() - wanted));
    return out;
  }
}
