package io.lamella.gateway.cache;

import io.lamella.gateway.cache.DiskSegment.Slot;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.DiskError;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The segment files of a disk cache and the index of their pages. Only the writer's thread calls
/// it, but for [#find], [#drop], [#bytes] and [#pages], which any thread may call.
///
/// The oldest segment is evicted when space is needed. Those of its pages that were read since they
/// were written are appended again, up to 7/8 of a segment, so that each eviction frees space. This
/// is second chance (CLOCK) with segments for frames: it retains about what LRU would, for one flag
/// per page and without a write on a hit.
final class SegmentLog {
  private static final String SUFFIX = ".pages";

  private final Path directory;
  private final SegmentFile.Opener files;
  private final FetchMetrics metrics;
  private final long maxBytes;
  private final long segmentBytes;
  private final Map<PageKey, Slot> index = new ConcurrentHashMap<>();
  private final Deque<DiskSegment> segments = new ArrayDeque<>();
  private Predicate<PageKey> retained = k -> false;
  private volatile long bytes;
  private long nextNumber = 1;
  private @Nullable DiskSegment active;

  /// The cache's directory, or the active segment file, was removed.
  static final class DirectoryLostException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    DirectoryLostException(Path directory) {
      super("the directory or a file in it was removed [directory=" + directory + "]");
    }
  }

  SegmentLog(Path directory, long maxBytes, SegmentFile.Opener files, FetchMetrics metrics) {
    this.directory = directory;
    this.files = files;
    this.metrics = metrics;
    this.maxBytes = maxBytes;
    this.segmentBytes = Math.clamp(maxBytes / 32, 64 << 10, 256 << 20);
  }

  /// Makes evictions retain these pages, also where they were never read from disk.
  void retainOnEviction(Predicate<PageKey> pages) {
    retained = pages;
  }

  Optional<Slot> find(PageKey key) {
    return Optional.ofNullable(index.get(key));
  }

  /// Bytes of all segment files.
  long bytes() {
    return bytes;
  }

  int pages() {
    return index.size();
  }

  /// Indexes the segments that an earlier process wrote, newest first. Where two hold the same
  /// page, the newer one counts. Files without a whole page are removed.
  void load() throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.list(directory)) {
      found =
          all.filter(p -> p.getFileName().toString().matches("[0-9a-f]{16}\\" + SUFFIX))
              .sorted()
              .toList();
    }
    if (!found.isEmpty()) {
      String last = found.getLast().getFileName().toString();
      nextNumber = Math.max(nextNumber, Long.parseUnsignedLong(last.substring(0, 16), 16) + 1);
    }
    for (Path p : found.reversed()) {
      load(p);
    }
    while (bytes > maxBytes) {
      evict();
    }
  }

  private void load(Path path) throws IOException {
    DiskSegment s = new DiskSegment(path, files.open(path));
    int[] pages = {0};
    try {
      s.scan((entry, slot) -> {
        pages[0]++;
        index.putIfAbsent(entry.key(), slot);
      });
    } catch (IOException e) {
      metrics.diskError(DiskError.READ);
    }
    if (pages[0] == 0) {
      s.close();
      Files.deleteIfExists(path);
    } else {
      segments.addFirst(s);
      bytes += s.size();
    }
  }

  /// Appends a page to the active segment. After a failure no page is appended to that segment any
  /// more, because its end may be torn.
  void append(PageKey key, ByteBuffer data) throws IOException {
    if (index.containsKey(key)) {
      return;
    }
    ByteBuffer entry = DiskEntry.encode(key, data).orElse(null);
    if (entry == null || entry.remaining() > segmentBytes) {
      return;
    }
    if (!Files.isDirectory(directory) || active != null && !Files.exists(active.path())) {
      throw new DirectoryLostException(directory);
    }
    List<Map.Entry<PageKey, ByteBuffer>> retainedEntries = new ArrayList<>();
    long needed = entry.remaining();
    while (bytes + needed > maxBytes && !segments.isEmpty()) {
      for (Map.Entry<PageKey, ByteBuffer> e : evict()) {
        retainedEntries.add(e);
        needed += e.getValue().remaining();
      }
    }
    write(key, entry);
    metrics.written(CacheTier.DISK, data.remaining());
    for (Map.Entry<PageKey, ByteBuffer> e : retainedEntries) {
      write(e.getKey(), e.getValue());
    }
  }

  private void write(PageKey key, ByteBuffer entry) throws IOException {
    DiskSegment into = active;
    if (into == null || into.size() + entry.remaining() > segmentBytes) {
      Path path = directory.resolve(String.format("%016x", nextNumber++) + SUFFIX);
      into = new DiskSegment(path, files.create(path));
      segments.addLast(into);
      active = into;
    }
    int length = entry.remaining();
    try {
      index.put(key, into.append(entry));
    } catch (IOException e) {
      closeActiveSegment();
      if (into.size() == 0) {
        segments.removeLast();
        into.close();
        Files.deleteIfExists(into.path());
      }
      throw e;
    }
    bytes += length;
  }

  /// Makes the next page start a new segment.
  void closeActiveSegment() {
    active = null;
  }

  /// Removes the oldest segment; returns the entries to append again.
  private List<Map.Entry<PageKey, ByteBuffer>> evict() throws IOException {
    DiskSegment oldest = segments.removeFirst();
    if (oldest == active) {
      closeActiveSegment();
    }
    List<Map.Entry<PageKey, ByteBuffer>> retainedEntries = new ArrayList<>();
    long space = Math.min(oldest.size(), segmentBytes) / 8 * 7;
    for (Map.Entry<PageKey, Slot> e : index.entrySet()) {
      Slot slot = e.getValue();
      if (slot.segment != oldest) {
        continue;
      }
      index.remove(e.getKey(), slot);
      if ((slot.hot || retained.test(e.getKey())) && slot.length <= space) {
        Optional<ByteBuffer> entry = intactEntry(e.getKey(), slot);
        if (entry.isPresent()) {
          retainedEntries.add(Map.entry(e.getKey(), entry.get()));
          space -= slot.length;
          continue;
        }
      }
      metrics.evicted(CacheTier.DISK, slot.length);
    }
    bytes -= oldest.size();
    oldest.close();
    Files.deleteIfExists(oldest.path());
    return retainedEntries;
  }

  private static Optional<ByteBuffer> intactEntry(PageKey key, Slot slot) {
    try {
      ByteBuffer entry = slot.read();
      return DiskEntry.data(entry, key).map(d -> entry);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Removes a page from the index and marks it as invalid on disk.
  ///
  /// @param previous its position when the removal was requested
  void invalidate(PageKey key, Optional<Slot> previous) throws IOException {
    Slot now = index.remove(key);
    if (previous.isPresent()) {
      previous.get().markDead();
    }
    if (now != null && previous.stream().noneMatch(k -> k == now)) {
      now.markDead();
    }
  }

  /// Removes a page from the index only.
  void drop(PageKey key, Slot slot) {
    index.remove(key, slot);
  }

  /// Clears the index, as after the directory was removed.
  void clear() {
    index.clear();
    segments.forEach(DiskSegment::close);
    segments.clear();
    bytes = 0;
    active = null;
  }
}
