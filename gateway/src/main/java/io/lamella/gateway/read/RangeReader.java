package io.lamella.gateway.read;

import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Fetches byte ranges in batches: each range of a batch is looked up in the caches, and all that
/// are missing are read from the store at once, near ranges as one read. Small ranges are looked up
/// and read in the extents around them.
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
  }

  /// The fetched bytes of one file.
  public final class Fetched {
    private final FileVersion file;
    private final Map<ByteRange, ByteBuffer> pages = new HashMap<>();
    private final Set<ByteRange> read = new LinkedHashSet<>();

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
      read.forEach(r -> cache.invalidate(new PageKey(file, r)));
    }
  }

  /// Fetches a batch; the result is in the order of `batch`.
  ///
  /// @throws io.lamella.promql.QueryException.TooExpensive before anything is read, where the
  ///   budget does not allow the reads of an empty cache; so it does not depend on what is cached
  public List<Fetched> fetch(List<FileRanges> batch, QueryBudget budget)
      throws IOException, InterruptedException {
    Map<FileVersion, Set<ByteRange>> unique = new LinkedHashMap<>();
    for (FileRanges f : batch) {
      Set<ByteRange> ranges = unique.computeIfAbsent(f.file(), _ -> new LinkedHashSet<>());
      f.ranges().forEach(r -> ranges.addAll(extents(f.file(), r)));
    }
    Set<PageKey> keys = new LinkedHashSet<>();
    unique.forEach((file, ranges) -> ranges.forEach(r -> keys.add(new PageKey(file, r))));
    long bytes = bytes(keys);
    reserve(unique, bytes, budget);
    budget.reserveMemory(MEMORY_PER_BYTE * bytes);
    PageCache.Admission admission = cache.admission(bytes);
    Map<PageKey, ByteBuffer> found = cache.find(keys, admission, budget);
    keys.removeAll(found.keySet());
    if (!keys.isEmpty()) {
      found.putAll(reads.read(keys, admission, budget));
    }
    List<Fetched> out = new ArrayList<>();
    for (FileRanges f : batch) {
      Fetched fetched = new Fetched(f.file());
      for (ByteRange r : f.ranges()) {
        List<ByteRange> parts = extents(f.file(), r);
        fetched.read.addAll(parts);
        fetched.pages.put(r, assembled(f.file(), r, parts, found));
      }
      out.add(fetched);
    }
    return out;
  }

  private static long bytes(Set<PageKey> keys) {
    return keys.stream().mapToLong(k -> k.range().length()).sum();
  }

  private List<ByteRange> extents(FileVersion file, ByteRange range) {
    return coalescing.extents(range, file.object().size());
  }

  /// The bytes of a range from the parts that cover it.
  private static ByteBuffer assembled(
      FileVersion file, ByteRange range, List<ByteRange> parts, Map<PageKey, ByteBuffer> found) {
    ByteBuffer out = ByteBuffer.allocate(parts.size() == 1 ? 0 : (int) range.length());
    for (ByteRange part : parts) {
      ByteBuffer bytes = found.get(new PageKey(file, part));
      if (bytes == null) {
        throw new IllegalStateException(
            "range " + part + " of " + file.object().key() + " is missing");
      }
      long from = Math.max(range.start(), part.start());
      long to = Math.min(range.end(), part.end());
      ByteBuffer own = bytes.slice((int) (from - part.start()), (int) (to - from));
      if (parts.size() == 1) {
        return own;
      }
      out.put(own);
    }
    return out.flip();
  }

  private void reserve(
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
  }
}
