package io.lamella.gateway.read;

import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.gateway.trace.Span;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Fetches byte ranges in batches: each range of a batch is looked up in the caches, and all that
/// are missing are read from the store at once, near ranges as one read.
public final class RangeReader {
  /// Memory reserved for each fetched byte: the byte itself and its decoded form.
  private static final long MEMORY_PER_BYTE = 3;

  private final PageCache cache;
  private final CoalescedReads reads;
  private final Coalescing coalescing;

  public RangeReader(PageCache cache, CoalescedReads reads, Coalescing coalescing) {
    this.cache = cache;
    this.reads = reads;
    this.coalescing = coalescing;
  }

  /// The ranges of one file in a fetch batch.
  public record FileRanges(FileVersion file, List<ByteRange> ranges) {
    public FileRanges {
      ranges = List.copyOf(ranges);
    }

    long bytes() {
      return ranges.stream().mapToLong(ByteRange::length).sum();
    }
  }

  /// The fetched bytes of one file.
  public final class Fetched {
    private final FileVersion file;
    private final Map<ByteRange, ByteBuffer> pages = new HashMap<>();

    private Fetched(FileVersion file) {
      this.file = file;
    }

    /// The bytes of a range of the batch; not to be written to.
    public ByteBuffer slice(ByteRange range) {
      ByteBuffer page = pages.get(range);
      if (page == null) {
        throw new IllegalStateException("range " + range + " is not in the fetch batch");
      }
      return page.slice();
    }

    /// Removes these pages from the caches because one of them is corrupt. If it was corrupted on
    /// the way here, the next query reads it intact.
    public void invalidate() {
      pages.keySet().forEach(r -> cache.invalidate(new PageKey(file, r)));
    }
  }

  /// Fetches a batch; the result is in the order of `batch`.
  ///
  /// @throws io.lamella.promql.QueryException.TooExpensive before anything is read, where the
  ///   budget does not allow the reads of an empty cache; so it does not depend on what is cached
  public List<Fetched> fetch(List<FileRanges> batch, QueryBudget budget)
      throws IOException, InterruptedException {
    return CurrentSpan.reading(
        CurrentSpan.get().child("fetch batch"), () -> fetchNow(batch, budget));
  }

  private List<Fetched> fetchNow(List<FileRanges> batch, QueryBudget budget)
      throws IOException, InterruptedException {
    reserve(batch, budget);
    budget.reserveMemory(MEMORY_PER_BYTE * batch.stream().mapToLong(FileRanges::bytes).sum());
    Set<PageKey> keys = new LinkedHashSet<>();
    for (FileRanges f : batch) {
      f.ranges().forEach(r -> keys.add(new PageKey(f.file(), r)));
    }
    long bytes = bytes(keys);
    PageCache.Admission admission = cache.admission(bytes);
    Map<PageKey, ByteBuffer> found = cache.find(keys, admission, budget);
    Span span = CurrentSpan.get();
    span.set("ranges", keys.size());
    span.set("bytes", bytes);
    span.set("cached_ranges", found.size());
    keys.removeAll(found.keySet());
    if (!keys.isEmpty()) {
      found.putAll(reads.read(keys, admission, budget));
    }
    List<Fetched> out = new ArrayList<>();
    for (FileRanges f : batch) {
      Fetched fetched = new Fetched(f.file());
      for (ByteRange r : f.ranges()) {
        ByteBuffer page = found.get(new PageKey(f.file(), r));
        if (page == null) {
          throw new IllegalStateException(
              "range " + r + " of " + f.file().object().key() + " is missing");
        }
        fetched.pages.put(r, page);
      }
      out.add(fetched);
    }
    return out;
  }

  private static long bytes(Set<PageKey> keys) {
    return keys.stream().mapToLong(k -> k.range().length()).sum();
  }

  private void reserve(List<FileRanges> batch, QueryBudget budget) {
    Map<FileVersion, List<ByteRange>> files = new HashMap<>();
    for (FileRanges f : batch) {
      files.computeIfAbsent(f.file(), _ -> new ArrayList<>()).addAll(f.ranges());
    }
    Coalescing forBatch = coalescing.forBatch(batch.stream().mapToLong(FileRanges::bytes).sum());
    long count = 0;
    long bytes = 0;
    for (List<ByteRange> ranges : files.values()) {
      for (ByteRange r : forBatch.reads(ranges)) {
        count++;
        bytes += r.length();
      }
    }
    budget.reserveReads(count, bytes);
  }
}
