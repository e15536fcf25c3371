package io.lamella.gateway.read;

import io.lamella.gateway.cache.DecodedLabels;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fetches byte ranges in batches: each range of a batch is looked up in the caches, and all that
/// are missing are read from the store at once, near ranges as one read. Small ranges are looked up
/// and read in the extents around them.
public final class RangeReader {
  private final PageCache cache;
  private final CoalescedReads reads;
  private final Coalescing coalescing;
  private final DecodedLabels labels;

  public RangeReader(
      PageCache cache, CoalescedReads reads, Coalescing coalescing, DecodedLabels labels) {
    this.cache = cache;
    this.reads = reads;
    this.coalescing = coalescing;
    this.labels = labels;
  }

  /// The ranges of one file in a fetch batch.
  public record FileRanges(FileVersion file, List<ByteRange> ranges) {
    public FileRanges {
      ranges = List.copyOf(ranges);
    }
  }

  /// The fetched bytes of one file, as they are stored. They are reserved on the query's budget
  /// until they are released. Used by one thread at a time.
  public final class Fetched {
    private final FileVersion file;
    private final QueryBudget budget;
    private final Map<ByteRange, ByteBuffer> pages = new HashMap<>();
    private final Set<ByteRange> read = new LinkedHashSet<>();

    private Fetched(FileVersion file, QueryBudget budget) {
      this.file = file;
      this.budget = budget;
    }

    /// True where a range was fetched and is not released.
    public boolean has(ByteRange range) {
      return pages.containsKey(range);
    }

    /// The bytes of a range of the batch; not to be written to.
    public ByteBuffer slice(ByteRange range) {
      ByteBuffer page = pages.get(range);
      if (page == null) {
        throw new IllegalStateException("range " + range + " is not in the fetch batch");
      }
      return page.slice();
    }

    /// The label pages that are decoded already, by [#key].
    DecodedLabels labels() {
      return labels;
    }

    /// What identifies the page at a range.
    PageKey key(ByteRange range) {
      return new PageKey(file, range);
    }

    /// Releases a range; nothing happens where it is released already.
    public void release(ByteRange range) {
      if (pages.remove(range) != null) {
        budget.releaseMemory(range.length());
      }
    }

    /// Releases all ranges but these.
    public void releaseAllBut(Set<ByteRange> kept) {
      for (ByteRange r : List.copyOf(pages.keySet())) {
        if (!kept.contains(r)) {
          release(r);
        }
      }
    }

    /// Removes a page from the caches because it is corrupt.
    public void invalidate(ByteRange range) {
      extents(file, range).forEach(r -> cache.invalidate(new PageKey(file, r)));
    }

    /// Removes these pages from the caches because one of them is corrupt. If it was corrupted on
    /// the way here, the next query reads it intact.
    public void invalidate() {
      read.forEach(r -> cache.invalidate(new PageKey(file, r)));
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
    Map<FileVersion, Set<ByteRange>> unique = new LinkedHashMap<>();
    for (FileRanges f : batch) {
      Set<ByteRange> ranges = unique.computeIfAbsent(f.file(), _ -> new LinkedHashSet<>());
      f.ranges().forEach(r -> ranges.addAll(extents(f.file(), r)));
    }
    Set<PageKey> keys = new LinkedHashSet<>();
    unique.forEach((file, ranges) -> ranges.forEach(r -> keys.add(new PageKey(file, r))));
    long bytes = bytes(keys);
    // Gaps and extents are held until the pages are copied out of them.
    long pages = memoryBytes(batch);
    long planned = reserve(unique, bytes, budget) + pages;
    budget.reserveMemory(planned);
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
      Fetched fetched = new Fetched(f.file(), budget);
      for (ByteRange r : f.ranges()) {
        List<ByteRange> parts = extents(f.file(), r);
        fetched.read.addAll(parts);
        fetched.pages.put(r, assembled(f.file(), r, parts, found));
      }
      out.add(fetched);
    }
    budget.releaseMemory(planned - pages);
    return out;
  }

  private static long memoryBytes(List<FileRanges> batch) {
    return batch.stream()
        .mapToLong(f -> f.ranges().stream().distinct().mapToLong(ByteRange::length).sum())
        .sum();
  }

  private static long bytes(Set<PageKey> keys) {
    return keys.stream().mapToLong(k -> k.range().length()).sum();
  }

  private List<ByteRange> extents(FileVersion file, ByteRange range) {
    return coalescing.extents(range, file.object().size());
  }

  /// The bytes of a range from the parts that cover it: copied, so that they do not keep a whole
  /// extent in memory, unless they are one whole part.
  private static ByteBuffer assembled(
      FileVersion file, ByteRange range, List<ByteRange> parts, Map<PageKey, ByteBuffer> found) {
    @Nullable ByteBuffer out = null;
    for (ByteRange part : parts) {
      ByteBuffer bytes = found.get(new PageKey(file, part));
      if (bytes == null) {
        throw new IllegalStateException(
            "range " + part + " of " + file.object().key() + " is missing");
      }
      long from = Math.max(range.start(), part.start());
      long to = Math.min(range.end(), part.end());
      ByteBuffer own = bytes.slice((int) (from - part.start()), (int) (to - from));
      if (part.equals(range)) {
        return own;
      }
      if (parts.size() == 1 && own.hasArray()) {
        int at = own.arrayOffset() + own.position();
        return ByteBuffer.wrap(Arrays.copyOfRange(own.array(), at, at + own.remaining()));
      }
      if (out == null) {
        out = ByteBuffer.allocate((int) range.length());
      }
      out.put(own);
    }
    if (out == null) {
      throw new IllegalStateException("range " + range + " has no parts");
    }
    return out.flip();
  }

  /// @return the bytes of the reads of an empty cache
  private long reserve(
      Map<FileVersion, Set<ByteRange>> files, long batchBytes, QueryBudget budget) {
    Coalescing forBatch = coalescing.forBatch(batchBytes);
    long count = 0;
    long bytes = 0;
    for (Set<ByteRange> ranges : files.values()) {
      for (ByteRange r : forBatch.reads(List.copyOf(ranges))) {
        count++;
        bytes += r.length();
      }
    }
    budget.reserveReads(count, bytes);
    return bytes;
  }
}
