package io.lamella.gateway.cache;

import io.lamella.gateway.cache.DiskSegment.Slot;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.DiskError;
import io.lamella.gateway.metrics.FetchMetrics.NotKept;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pages on local disk, bounded by bytes, still there after a restart.
///
/// **Why segments.** A page is some kilobytes; a file each would cost an inode, a directory entry
/// and three system calls, and a restart would walk a hundred thousand of them. Pages are appended
/// to segment files ([DiskEntry] is the format) with an index in memory, one positional read a hit.
/// Space comes back a segment at a time ([SegmentLog]).
///
/// **What survives what.** There is no commit and no sync. A process killed while it writes leaves
/// a torn end, which the scan at the next start finds by the checksum of the head, or the first use
/// of the page by that of its data. The scan reads heads alone (some 50 ms for 10,000 pages); a
/// start waits for it half a second at most, and what it has not reached by then is missed. A page
/// that is not, byte for byte, what was put is dropped and counted, and the caller fetches it
/// again.
///
/// **Threads.** One writes, behind a queue bounded by bytes; what does not fit is not kept, so no
/// query waits for the disk to take something. A few platform threads read: an interrupt during a
/// read closes a file channel for everyone, and queries are cancelled by interrupts.
///
/// **When the file system fails.** After a failed write nothing is written for half a minute, reads
/// go on, then it is tried again. Where the directory is gone, all is forgotten and it is made
/// anew. A second process on one directory runs without a disk cache.
public final class DiskPages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskPages.class);
  private static final long MAX_START_MILLIS = 500;
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final int READERS = 4;
  private static final int READS_A_TASK = 8;
  private static final int SHARE = 4;

  private final Path directory;
  private final long maxBytes;
  private final long maxQueuedBytes;
  private final FetchMetrics metrics;
  private final InstantSource clock;
  private final SegmentLog log;
  private final BlockingQueue<Command> queue = new LinkedBlockingQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Map<PageKey, Boolean> queued = new ConcurrentHashMap<>();
  private final ExecutorService readers =
      Executors.newFixedThreadPool(
          READERS, Thread.ofPlatform().daemon().name("disk-cache-read-", 0).factory());
  private final Thread writer;
  private final CountDownLatch loaded = new CountDownLatch(1);
  private volatile Optional<DirectoryLock> lock;
  private volatile Instant pausedUntil = Instant.MIN;

  /// What the writer is told, in order.
  private sealed interface Command {
    record Put(PageKey key, ByteBuffer bytes) implements Command {}

    record Kill(PageKey key, Optional<Slot> slot) implements Command {}

    /// Counts down once everything before it is done.
    record Mark(CountDownLatch done) implements Command {}

    record Stop() implements Command {}
  }

  private DiskPages(Settings settings, DirectoryLock lock, Surroundings around) {
    this.directory = settings.directory();
    this.maxBytes = settings.maxBytes();
    this.maxQueuedBytes = Math.clamp(settings.maxBytes() / 8, 1 << 20, 64 << 20);
    this.metrics = around.metrics();
    this.clock = around.clock();
    this.log = new SegmentLog(directory, maxBytes, around.files(), metrics);
    this.lock = Optional.of(lock);
    this.writer = Thread.ofPlatform().daemon().name("disk-cache-write").unstarted(this::write);
    metrics.gauge(
        "lamella_disk_cache_bytes", "Bytes of the disk cache's files.", () -> log.bytes());
    metrics.gauge(
        "lamella_disk_cache_pages", "Pages that the disk cache holds.", () -> log.pages());
    metrics.gauge(
        "lamella_disk_cache_queued_bytes",
        "Bytes of pages that wait to be written to the disk cache.",
        queuedBytes::get);
    metrics.gauge(
        "lamella_disk_cache_paused",
        "1 while the disk cache does not write because a write failed, else 0.",
        () -> paused() ? 1 : 0);
  }

  /// Where the cache is and how large it may grow.
  public record Settings(Path directory, long maxBytes) {
    public Settings {
      if (maxBytes < 1 << 20) {
        throw new IllegalArgumentException(
            "cannot keep a disk cache of " + maxBytes + " bytes: at least 1048576");
      }
    }
  }

  /// What a cache stands on, which tests replace.
  record Surroundings(SegmentFile.Opener files, InstantSource clock, FetchMetrics metrics) {}

  /// Opens the cache, or none where the directory cannot be used; the log says why.
  public static Optional<DiskPages> open(Settings settings, FetchMetrics metrics) {
    return open(
        settings, new Surroundings(new SegmentFile.Channels(), InstantSource.system(), metrics));
  }

  static Optional<DiskPages> open(Settings settings, Surroundings around) {
    try {
      Files.createDirectories(settings.directory());
      Optional<DirectoryLock> lock = DirectoryLock.tryTake(settings.directory());
      if (lock.isEmpty()) {
        LOG.warn(
            "running without a disk cache: another process uses the directory directory=\"{}\"",
            settings.directory());
        return Optional.empty();
      }
      DiskPages pages = new DiskPages(settings, lock.get(), around);
      pages.writer.start();
      pages.awaitIndex();
      return Optional.of(pages);
    } catch (IOException e) {
      LOG.warn(
          "running without a disk cache: the directory cannot be used directory=\"{}\" reason=\"{}\"",
          settings.directory(),
          e.toString());
      return Optional.empty();
    }
  }

  private void awaitIndex() {
    try {
      loaded.await(MAX_START_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Pages that an eviction keeps although nobody asked the disk for them: those that are so often
  /// asked for that they never leave memory.
  void keepAlso(Predicate<PageKey> wanted) {
    log.keepAlso(wanted);
  }

  /// False where a query that wants so many bytes at once would take more than a quarter.
  boolean admits(long waveBytes) {
    return waveBytes <= maxBytes / SHARE;
  }

  /// Those of the pages that are here, each compared with its checksum.
  Map<PageKey, ByteBuffer> find(Collection<PageKey> keys) throws InterruptedException {
    Map<PageKey, Slot> slots = new HashMap<>();
    for (PageKey key : keys) {
      log.find(key).ifPresentOrElse(s -> slots.put(key, s), () -> metrics.miss(CacheTier.DISK));
    }
    if (slots.isEmpty()) {
      return Map.of();
    }
    List<Map.Entry<PageKey, Slot>> all = List.copyOf(slots.entrySet());
    List<Future<Map<PageKey, ByteBuffer>>> reads = new ArrayList<>();
    for (int i = 0; i < all.size(); i += READS_A_TASK) {
      List<Map.Entry<PageKey, Slot>> part = all.subList(i, Math.min(all.size(), i + READS_A_TASK));
      reads.add(readers.submit(() -> read(part)));
    }
    Map<PageKey, ByteBuffer> found = new HashMap<>();
    try {
      for (Future<Map<PageKey, ByteBuffer>> r : reads) {
        found.putAll(r.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot read the disk cache", e.getCause());
    }
    return found;
  }

  private Map<PageKey, ByteBuffer> read(List<Map.Entry<PageKey, Slot>> part) {
    Map<PageKey, ByteBuffer> found = new HashMap<>();
    for (Map.Entry<PageKey, Slot> e : part) {
      read(e.getKey(), e.getValue())
          .ifPresentOrElse(
              data -> {
                metrics.hit(CacheTier.DISK, data.remaining());
                found.put(e.getKey(), data);
              },
              () -> metrics.miss(CacheTier.DISK));
    }
    return found;
  }

  private Optional<ByteBuffer> read(PageKey key, Slot slot) {
    ByteBuffer entry;
    try {
      entry = slot.read();
    } catch (IOException e) {
      // Where the index has it no more, its segment was evicted meanwhile.
      if (log.find(key).filter(s -> s == slot).isPresent()) {
        metrics.diskError(DiskError.READ);
        log.drop(key, slot);
      }
      return Optional.empty();
    }
    Optional<ByteBuffer> data = DiskEntry.data(entry, key);
    if (data.isPresent()) {
      slot.hot = true;
    } else if (log.find(key).filter(s -> s == slot).isPresent()) {
      metrics.diskError(DiskError.CORRUPT);
      LOG.warn(
          "dropped a corrupt page of the disk cache object={} range={} file=\"{}\"",
          key.object().key(),
          key.range(),
          slot.segment.path());
      give(key, slot);
    }
    return data;
  }

  private void give(PageKey key, Slot slot) {
    log.drop(key, slot);
    queue.add(new Command.Kill(key, Optional.of(slot)));
  }

  private boolean paused() {
    return clock.instant().isBefore(pausedUntil);
  }

  /// Has a page written soon, or not at all where the writer is behind. The bytes must not change
  /// any more.
  void put(PageKey key, ByteBuffer bytes) {
    if (log.find(key).isPresent()) {
      return;
    }
    int length = bytes.remaining();
    if (paused() || queuedBytes.get() + length > maxQueuedBytes) {
      metrics.notKept(CacheTier.DISK, NotKept.BUSY);
      return;
    }
    if (queued.putIfAbsent(key, true) == null) {
      queuedBytes.addAndGet(length);
      queue.add(new Command.Put(key, bytes.duplicate()));
    }
  }

  /// Gives a page up, also where it still waits to be written.
  void forget(PageKey key) {
    Optional<Slot> slot = log.find(key);
    slot.ifPresent(s -> log.drop(key, s));
    queue.add(new Command.Kill(key, slot));
  }

  /// Waits until everything that was put so far is written or given up.
  void flush() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    queue.add(new Command.Mark(done));
    while (writer.isAlive() && !done.await(100, TimeUnit.MILLISECONDS)) {}
  }

  private void write() {
    attempt("load", log::load);
    loaded.countDown();
    while (true) {
      Command next;
      try {
        next = queue.take();
      } catch (InterruptedException e) {
        return;
      }
      switch (next) {
        case Command.Put p -> {
          queued.remove(p.key());
          queuedBytes.addAndGet(-p.bytes().remaining());
          if (lock.isEmpty() && !paused()) {
            beginAnew();
          }
          if (paused()) {
            metrics.notKept(CacheTier.DISK, NotKept.BUSY);
          } else {
            attempt("write", () -> log.append(p.key(), p.bytes()));
          }
        }
        case Command.Kill k -> attempt("give up a page in", () -> log.kill(k.key(), k.slot()));
        case Command.Mark m -> m.done().countDown();
        case Command.Stop _ -> {
          return;
        }
      }
    }
  }

  /// What the writer does to files.
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private void attempt(String what, Work work) {
    try {
      work.run();
    } catch (SegmentLog.DirectoryLostException e) {
      metrics.diskError(DiskError.WRITE);
      LOG.warn("disk cache begins anew reason=\"{}\"", e.getMessage());
      beginAnew();
    } catch (IOException | RuntimeException e) {
      metrics.diskError(DiskError.WRITE);
      pausedUntil = clock.instant().plus(PAUSE);
      log.seal();
      LOG.warn(
          "cannot {} the disk cache, no writes for {} s directory=\"{}\" reason=\"{}\"",
          what,
          PAUSE.toSeconds(),
          directory,
          e.toString());
    }
  }

  private void beginAnew() {
    log.clear();
    try {
      release();
      Files.createDirectories(directory);
      lock = DirectoryLock.tryTake(directory);
      if (lock.isPresent()) {
        return;
      }
      LOG.warn("another process uses the disk cache's directory directory=\"{}\"", directory);
    } catch (IOException e) {
      LOG.warn(
          "cannot make the disk cache's directory directory=\"{}\" reason=\"{}\"",
          directory,
          e.toString());
    }
    pausedUntil = clock.instant().plus(PAUSE);
  }

  private void release() throws IOException {
    if (lock.isPresent()) {
      lock.get().close();
      lock = Optional.empty();
    }
  }

  /// Writes what is queued and gives the directory back.
  @Override
  public void close() {
    queue.add(new Command.Stop());
    try {
      writer.join(TimeUnit.SECONDS.toMillis(10));
      // What is asked for from now on is not here.
      log.clear();
      readers.shutdown();
      readers.awaitTermination(1, TimeUnit.SECONDS);
      release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("cannot close the disk cache reason=\"{}\"", e.toString());
    }
  }
}
