package io.lamella.gateway.read;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.fetch.CoalescedReads;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings byte ranges in waves: everything that a wave wants is looked up in the caches, and what
/// is not there goes out at once, near ranges as one read.
public final class RangeReader {
  /// What a fetched byte may come to hold: itself, and what it decodes to.
  private static final long HELD_PER_BYTE = 3;

  private final PageCache cache;
  private final CoalescedReads reads;
  private final Coalescing coalescing;

  public RangeReader(PageCache cache, CoalescedReads reads, Coalescing coalescing) {
    this.cache = cache;
    this.reads = reads;
    this.coalescing = coalescing;
  }

  /// What one file contributes to a wave.
  public record Wanted(FileVersion file, List<ByteRange> ranges) {
    public Wanted {
      ranges = List.copyOf(ranges);
    }

    long bytes() {
      return ranges.stream().mapToLong(ByteRange::length).sum();
    }
  }

  /// The bytes of one file that a wave brought.
  public final class Fetched {
    private final FileVersion file;
    private final Map<ByteRange, ByteBuffer> pages = new HashMap<>();

    private Fetched(FileVersion file) {
      this.file = file;
    }

    /// The bytes of a range that the wave wanted; not to be written to.
    public ByteBuffer slice(ByteRange range) {
      ByteBuffer page = pages.get(range);
      if (page == null) {
        throw new IllegalStateException("range " + range + " was not asked for");
      }
      return page.slice();
    }

    /// Takes everything that came with these pages out of the caches: one of them proved corrupt,
    /// and if that happened on its way here, the next query reads it well.
    public void forget() {
      pages.keySet().forEach(r -> cache.invalidate(new PageKey(file, r)));
    }
  }

  /// Brings everything that is wanted, in one wave; the result is in the order of `wanted`.
  ///
  /// @throws io.lamella.promql.QueryException.TooExpensive before anything is read where the budget
  ///   does not allow it; caches make no difference, so that a query does not depend on luck
  public List<Fetched> wave(List<Wanted> wanted, QueryBudget budget)
      throws IOException, InterruptedException {
    reserve(wanted, budget);
    budget.reserveMemory(HELD_PER_BYTE * wanted.stream().mapToLong(Wanted::bytes).sum());
    Set<PageKey> keys = new LinkedHashSet<>();
    for (Wanted w : wanted) {
      w.ranges().forEach(r -> keys.add(new PageKey(w.file(), r)));
    }
    long bytes = bytes(keys);
    PageCache.Admission admission = cache.admission(bytes);
    Map<PageKey, ByteBuffer> found = cache.find(keys, admission, budget);
    keys.removeAll(found.keySet());
    if (!keys.isEmpty()) {
      found.putAll(reads.read(keys, admission, budget));
    }
    List<Fetched> out = new ArrayList<>();
    for (Wanted w : wanted) {
      Fetched fetched = new Fetched(w.file());
      for (ByteRange r : w.ranges()) {
        ByteBuffer page = found.get(new PageKey(w.file(), r));
        if (page == null) {
          throw new IllegalStateException(
              "range " + r + " of " + w.file().object().key() + " is missing");
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

  private void reserve(List<Wanted> wanted, QueryBudget budget) {
    Map<FileVersion, List<ByteRange>> files = new HashMap<>();
    for (Wanted w : wanted) {
      files.computeIfAbsent(w.file(), f -> new ArrayList<>()).addAll(w.ranges());
    }
    Coalescing ofWave = coalescing.ofWave(wanted.stream().mapToLong(Wanted::bytes).sum());
    long count = 0;
    long bytes = 0;
    for (List<ByteRange> ranges : files.values()) {
      for (ByteRange r : ofWave.reads(ranges)) {
        count++;
        bytes += r.length();
      }
    }
    budget.reserveReads(count, bytes);
  }
}
