package io.lamella.converter.source;

import io.lamella.converter.schedule.TimeSpan;
import io.lamella.storage.concurrent.ParallelTasks;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.tsdb.SeriesEntry;
import io.lamella.storage.tsdb.TsdbBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/// Copies one block to local disk: whole, or only the chunks of some time ranges. In the second
/// case the segment files have holes where the other chunks are.
final class BlockFetch {
  private static final long PART_BYTES = 8 << 20;
  private static final int PARALLEL_PARTS = 32;
  private static final long SEGMENT_HEADER_BYTES = 8;

  /// Smaller gaps between chunks are fetched, too: in the time of a request, with so many at once,
  /// about as many bytes arrive.
  private static final long GAP_BYTES = 64 << 10;

  private final ObjectStore store;
  private final ListedFiles files;
  private final Path directory;

  /// @param into gets the block's own directory
  BlockFetch(ObjectStore store, ListedFiles files, Path into) {
    this.store = store;
    this.files = files;
    this.directory = into.resolve(files.block().toString());
  }

  Path directory() {
    return directory;
  }

  /// Copies all files.
  void whole() throws IOException, InterruptedException {
    for (Map.Entry<String, ObjectVersion> f : files.objects().entrySet()) {
      if (f.getKey().equals(ListedFiles.META) || ListedFiles.isData(f.getKey())) {
        create(f.getKey(), f.getValue());
        copy(f.getKey(), f.getValue(), List.of(new ByteRange(0, f.getValue().size())));
      }
    }
  }

  /// Copies all files but the segments, of which only the headers.
  void withoutChunks() throws IOException, InterruptedException {
    for (Map.Entry<String, ObjectVersion> f : files.objects().entrySet()) {
      String name = f.getKey();
      long size = f.getValue().size();
      if (ListedFiles.isSegment(name)) {
        create(name, f.getValue());
        copy(name, f.getValue(), List.of(new ByteRange(0, Math.min(SEGMENT_HEADER_BYTES, size))));
      } else if (name.equals(ListedFiles.META) || ListedFiles.isData(name)) {
        create(name, f.getValue());
        copy(name, f.getValue(), List.of(new ByteRange(0, size)));
      }
    }
  }

  /// Byte ranges of one segment file.
  record SegmentRanges(String name, ObjectVersion object, List<ByteRange> ranges) {
    long bytes() {
      return ranges.stream().mapToLong(ByteRange::length).sum();
    }
  }

  /// The ranges of the chunks that overlap some time ranges, or lie outside of the block's own.
  ///
  /// @param block open on the directory, without chunks
  List<SegmentRanges> chunks(TsdbBlock block, List<TimeSpan> needed) throws IOException {
    Refs refs = new Refs(block.meta().minTimeMillis(), block.meta().maxTimeMillis(), needed);
    block.forEachSeries(refs::add);
    long[] all = refs.sorted();
    List<String> segments =
        files.objects().keySet().stream().filter(ListedFiles::isSegment).toList();
    List<SegmentRanges> out = new ArrayList<>();
    int at = 0;
    for (int s = 0; s < segments.size(); s++) {
      ObjectVersion object = files.object(segments.get(s)).orElseThrow();
      List<ByteRange> ranges = new ArrayList<>();
      while (at < all.length && Refs.segment(all[at]) == s) {
        long start = Refs.offset(all[at]);
        boolean read = Refs.isNeeded(all[at]);
        at++;
        while (at < all.length && Refs.segment(all[at]) == s && Refs.offset(all[at]) == start) {
          read |= Refs.isNeeded(all[at++]);
        }
        long end =
            at < all.length && Refs.segment(all[at]) == s ? Refs.offset(all[at]) : object.size();
        if (read && start < object.size()) {
          add(ranges, start, Math.min(end, object.size()));
        }
      }
      out.add(new SegmentRanges(segments.get(s), object, ranges));
    }
    return out;
  }

  private static void add(List<ByteRange> ranges, long start, long end) {
    if (!ranges.isEmpty() && start - ranges.getLast().end() <= GAP_BYTES) {
      ranges.set(ranges.size() - 1, new ByteRange(ranges.getLast().start(), end));
    } else {
      ranges.add(new ByteRange(start, end));
    }
  }

  /// References of all chunks: reference and whether it is needed in one number, which sorts as the
  /// chunks lie in the files.
  private static final class Refs {
    private final long minTime;
    private final long maxTime;
    private final List<TimeSpan> needed;
    private long[] refs = new long[1024];
    private int size;

    Refs(long minTime, long maxTime, List<TimeSpan> needed) {
      this.minTime = minTime;
      this.maxTime = maxTime;
      this.needed = needed;
    }

    void add(SeriesEntry series) {
      for (int i = 0; i < series.chunkCount(); i++) {
        if (size == refs.length) {
          refs = Arrays.copyOf(refs, 2 * size);
        }
        long min = series.minTimeMillis(i);
        long max = series.maxTimeMillis(i);
        boolean read = min < minTime || max >= maxTime;
        for (TimeSpan t : needed) {
          read |= min < t.endMillis() && max >= t.startMillis();
        }
        refs[size++] = series.chunkRef(i) << 1 | (read ? 1 : 0);
      }
    }

    long[] sorted() {
      long[] out = Arrays.copyOf(refs, size);
      Arrays.sort(out);
      return out;
    }

    static int segment(long ref) {
      return (int) (ref >>> 33);
    }

    static long offset(long ref) {
      return ref >>> 1 & 0xffffffffL;
    }

    static boolean isNeeded(long ref) {
      return (ref & 1) != 0;
    }
  }

  /// Copies the chunks.
  void fetch(List<SegmentRanges> chunks) throws IOException, InterruptedException {
    for (SegmentRanges s : chunks) {
      copy(s.name(), s.object(), s.ranges());
    }
  }

  /// Makes an empty file of the size.
  private void create(String name, ObjectVersion object) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    try (FileChannel out =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      if (object.size() > 0) {
        out.write(ByteBuffer.wrap(new byte[1]), object.size() - 1);
      }
    }
  }

  private void copy(String name, ObjectVersion object, List<ByteRange> ranges)
      throws IOException, InterruptedException {
    List<Callable<Boolean>> parts = new ArrayList<>();
    Semaphore permits = new Semaphore(PARALLEL_PARTS);
    try (FileChannel out = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
      for (ByteRange r : ranges) {
        for (long at = r.start(); at < r.end(); at += PART_BYTES) {
          ByteRange part = new ByteRange(at, Math.min(r.end(), at + PART_BYTES));
          parts.add(() -> copy(object, part, out, permits));
        }
      }
      if (!parts.isEmpty()) {
        ParallelTasks.run(parts);
      }
    }
  }

  private boolean copy(ObjectVersion object, ByteRange part, FileChannel out, Semaphore permits)
      throws IOException, InterruptedException {
    permits.acquire();
    try {
      ByteBuffer bytes = store.read(object, part);
      long at = part.start();
      while (bytes.hasRemaining()) {
        at += out.write(bytes, at);
      }
      return true;
    } finally {
      permits.release();
    }
  }
}
