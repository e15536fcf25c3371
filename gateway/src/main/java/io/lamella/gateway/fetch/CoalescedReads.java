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

/// Reads pages that no cache holds: near ranges of one object as one read, and pages that several
/// queries need at once by one read ([SingleFlight]).
public final class CoalescedReads {
  private final ScheduledReads store;
  private final Coalescing coalescing;
  private final PageCache cache;
  private final FetchMetrics metrics;
  private final SingleFlight<PageKey, Map<PageKey, ByteBuffer>> calls = new SingleFlight<>();

  public CoalescedReads(
      ScheduledReads store, Coalescing coalescing, PageCache cache, FetchMetrics metrics) {
    this.store = store;
    this.coalescing = coalescing;
    this.cache = cache;
    this.metrics = metrics;
    metrics.gauge(
        "lamella_reads_running",
        "Reads of the object store that are running.",
        () -> store.scheduler().running());
    metrics.gauge(
        "lamella_reads_waiting",
        "Reads that wait for a permit of the read scheduler.",
        () -> store.scheduler().waiting());
  }

  /// The parameters of all reads of one batch.
  private record Batch(Coalescing coalescing, Admission admission, QueryBudget budget) {}

  private static long bytes(Collection<List<PageKey>> pages) {
    return pages.stream().flatMap(List::stream).mapToLong(p -> p.range().length()).sum();
  }

  /// Reads all of these pages; joins reads of them that are already running.
  ///
  /// @param budget of the query that needs the pages; it counts the reads that it starts
  /// @throws StaleObjectException where an object is another version now, or gone
  /// @throws InterruptedException where the query is cancelled or its time is up; reads that other
  ///   queries wait for continue
  public Map<PageKey, ByteBuffer> read(
      Collection<PageKey> pages, Admission admission, QueryBudget budget)
      throws IOException, InterruptedException {
    Map<PageKey, ByteBuffer> all = new HashMap<>();
    List<Map<PageKey, ByteBuffer>> results =
        calls.run(
            budget,
            batch -> {
              Map<FileVersion, List<PageKey>> unread = new LinkedHashMap<>();
              for (PageKey page : pages) {
                if (batch.join(page)) {
                  metrics.coalesced();
                  budget.countCoalesced(page.range().length());
                  continue;
                }
                // A read may have cached the page since the caller's lookup.
                Optional<ByteBuffer> cached = cache.peek(page);
                if (cached.isPresent()) {
                  all.put(page, cached.get());
                  budget.countCached(CacheTier.MEMORY, 1, page.range().length());
                } else {
                  unread.computeIfAbsent(page.file(), f -> new ArrayList<>()).add(page);
                }
              }
              Coalescing batchCoalescing = coalescing.forBatch(bytes(unread.values()));
              unread.forEach((file, missing) ->
                  start(file, missing, new Batch(batchCoalescing, admission, budget), batch));
            });
    results.forEach(b -> b.forEach((k, v) -> all.put(k, v.duplicate())));
    return all;
  }

  private void start(
      FileVersion file,
      List<PageKey> missing,
      Batch batch,
      SingleFlight<PageKey, Map<PageKey, ByteBuffer>>.Calls calls) {
    TreeMap<Long, ByteRange> reads = new TreeMap<>();
    for (ByteRange r : batch.coalescing().reads(missing.stream().map(PageKey::range).toList())) {
      reads.put(r.start(), r);
    }
    Map<ByteRange, List<PageKey>> pages = new LinkedHashMap<>();
    for (PageKey page : missing) {
      ByteRange read = reads.floorEntry(page.range().start()).getValue();
      pages.computeIfAbsent(read, r -> new ArrayList<>()).add(page);
    }
    pages.forEach((range, pagesOfRead) ->
        calls.start(
            pagesOfRead,
            () ->
                cut(
                    store.read(file.object(), range, batch.budget()),
                    range,
                    pagesOfRead,
                    batch.admission())));
  }

  /// Cuts the pages out of a read and caches them. A cached page is a copy, so that it does not
  /// keep the whole read in memory; so is a page of a read with gaps, which no query accounts for.
  private Map<PageKey, ByteBuffer> cut(
      ByteBuffer bytes, ByteRange range, List<PageKey> pages, Admission admission) {
    Map<PageKey, ByteBuffer> out = new HashMap<>();
    long pageBytes = 0;
    boolean hasGaps = pages.stream().mapToLong(p -> p.range().length()).sum() < bytes.remaining();
    for (PageKey page : pages) {
      ByteBuffer part =
          bytes.slice((int) (page.range().start() - range.start()), (int) page.range().length());
      pageBytes += part.remaining();
      if ((admission.any() || hasGaps) && part.remaining() < bytes.remaining()) {
        part = ByteBuffer.allocate(part.remaining()).put(part).flip();
      }
      cache.put(page, part, admission);
      out.put(page, part);
    }
    metrics.gap(Math.max(0, range.length() - pageBytes));
    return out;
  }
}
