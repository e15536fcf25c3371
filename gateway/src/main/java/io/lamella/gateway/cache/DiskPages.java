package io.lamella.gateway.cache;

import io.lamella.gateway.cache.DiskSegment.Slot;
import io.lamella.gateway.metrics.CacheTier;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.metrics.FetchMetrics.AdmissionRejection;
import io.lamella.gateway.metrics.FetchMetrics.DiskError;
import io.lamella.gateway.process.OutOfMemory;
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

/// Pages on local disk, bounded by bytes; they survive a restart.
///
/// **Why segments.** A page is some kilobytes. A file per page would cost an inode, a directory
/// entry and three system calls, and a restart would list a hundred thousand of them. So pages are
/// appended to segment files ([DiskEntry] is the format) with an index in memory; a hit costs one
/// positional read. Eviction removes whole segments ([SegmentLog]).
///
/// **Crashes.** There is no commit and no sync. A process killed while it writes leaves a torn
/// entry. The scan at the next start finds it by the checksum of the header, or the first read of
/// the page by that of its data. The scan reads headers only (some 50 ms for 10,000 pages). A start
/// waits for the scan at most half a second; pages that it has not reached by then are misses. A
/// corrupt page is removed and counted, and the caller fetches it again.
///
/// **Threads.** One thread writes, behind a queue bounded by bytes. Pages that do not fit into the
/// queue are not cached, so no query waits for a write. A few platform threads read, because an
/// interrupt during a read closes the file channel for all threads, and queries are cancelled by
/// interrupts.
///
/// **Failures of the file system.** After a failed write nothing is written for half a minute;
/// reads go on. Where the directory is gone, the index is cleared and the directory is created
/// again. A second process on the same directory runs without a disk cache.
public final class DiskPages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskPages.class);
  private static final long MAX_START_MILLIS = 500;
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final int READERS = 4;
  private static final int READS_PER_TASK = 8;
  private static final int QUERIES_TO_FILL = 4;

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

  /// Commands to the writer, carried out in order.
  private sealed interface Command {
    record Put(PageKey key, ByteBuffer bytes) implements Command {}

    record Invalidate(PageKey key, Optional<Slot> slot) implements Command {}

    /// Counts down when all commands before it are done.
    record Flush(CountDownLatch done) implements Command {}

    record Stop() implements Command {}
  }

  private DiskPages(DiskCacheOptions options, DirectoryLock lock, Environment environment) {
    this.directory = options.directory();
    this.maxBytes = options.maxBytes();
    this.maxQueuedBytes = Math.clamp(options.maxBytes() / 8, 1 << 20, 64 << 20);
    this.metrics = environment.metrics();
    this.clock = environment.clock();
    this.log = new SegmentLog(directory, maxBytes, environment.files(), metrics);
    this.lock = Optional.of(lock);
    this.writer = Thread.ofPlatform().daemon().name("disk-cache-write").unstarted(this::write);
    metrics.gauge(
        "lamella_disk_cache_bytes", "Bytes of the files of the disk cache.", () -> log.bytes());
    metrics.gauge("lamella_disk_cache_pages", "Pages in the disk cache.", () -> log.pages());
    metrics.gauge(
        "lamella_disk_cache_queued_bytes",
        "Bytes of pages that wait to be written to the disk cache.",
        queuedBytes::get);
    metrics.gauge(
        "lamella_disk_cache_paused",
        "1 while the disk cache writes nothing because a write failed, else 0.",
        () -> isPaused() ? 1 : 0);
  }

  /// The directory of the cache and its limit.
  public record DiskCacheOptions(Path directory, long maxBytes) {
    public DiskCacheOptions {
      if (maxBytes < 1 << 20) {
        throw new IllegalArgumentException(
            "cannot use a disk cache of " + maxBytes + " bytes: at least 1048576");
      }
    }
  }

  /// Dependencies that tests replace: files and clock.
  record Environment(SegmentFile.Opener files, InstantSource clock, FetchMetrics metrics) {}

  /// Opens the cache; empty where the directory cannot be used, with the reason in the log.
  public static Optional<DiskPages> open(DiskCacheOptions options, FetchMetrics metrics) {
    return open(
        options, new Environment(new SegmentFile.Channels(), InstantSource.system(), metrics));
  }

  static Optional<DiskPages> open(DiskCacheOptions options, Environment environment) {
    try {
      Files.createDirectories(options.directory());
      Optional<DirectoryLock> lock = DirectoryLock.tryLock(options.directory());
      if (lock.isEmpty()) {
        LOG.warn(
            "running without a disk cache: another process uses the directory directory=\"{}\"",
            options.directory());
        return Optional.empty();
      }
      DiskPages pages = new DiskPages(options, lock.get(), environment);
      pages.writer.start();
      pages.awaitIndex();
      return Optional.of(pages);
    } catch (IOException e) {
      LOG.warn(
          "running without a disk cache: the directory cannot be used directory=\"{}\" reason=\"{}\"",
          options.directory(),
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

  /// Makes evictions retain further pages: those that are read so often that they never leave
  /// memory, and are therefore never read from disk.
  void retainOnEviction(Predicate<PageKey> pages) {
    log.retainOnEviction(pages);
  }

  /// False where a fetch batch of so many bytes would occupy more than a quarter of the cache.
  boolean admits(long batchBytes) {
    return batchBytes <= maxBytes / QUERIES_TO_FILL;
  }

  /// Finds the pages that are cached; each is verified by its checksum.
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
    for (int i = 0; i < all.size(); i += READS_PER_TASK) {
      List<Map.Entry<PageKey, Slot>> part =
          all.subList(i, Math.min(all.size(), i + READS_PER_TASK));
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
      // A page that is no longer in the index was evicted with its segment meanwhile.
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
          "removed a corrupt page of the disk cache object={} range={} file=\"{}\"",
          key.object().key(),
          key.range(),
          slot.segment.path());
      removeLater(key, slot);
    }
    return data;
  }

  private void removeLater(PageKey key, Slot slot) {
    log.drop(key, slot);
    queue.add(new Command.Invalidate(key, Optional.of(slot)));
  }

  private boolean isPaused() {
    return clock.instant().isBefore(pausedUntil);
  }

  /// Queues a page to be written; it is not cached where the queue is full. The bytes must not be
  /// modified afterwards.
  void put(PageKey key, ByteBuffer bytes) {
    if (log.find(key).isPresent()) {
      return;
    }
    int length = bytes.remaining();
    if (isPaused() || queuedBytes.get() + length > maxQueuedBytes) {
      metrics.admissionRejected(CacheTier.DISK, AdmissionRejection.WRITER_BUSY);
      return;
    }
    if (queued.putIfAbsent(key, true) == null) {
      queuedBytes.addAndGet(length);
      queue.add(new Command.Put(key, bytes.duplicate()));
    }
  }

  /// Removes a page, also where it still waits to be written.
  void invalidate(PageKey key) {
    Optional<Slot> slot = log.find(key);
    slot.ifPresent(s -> log.drop(key, s));
    queue.add(new Command.Invalidate(key, slot));
  }

  /// Waits until all earlier commands are done.
  void flush() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    queue.add(new Command.Flush(done));
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
          if (lock.isEmpty() && !isPaused()) {
            reopen();
          }
          if (isPaused()) {
            metrics.admissionRejected(CacheTier.DISK, AdmissionRejection.WRITER_BUSY);
          } else {
            attempt("write", () -> log.append(p.key(), p.bytes()));
          }
        }
        case Command.Invalidate i ->
            attempt("remove a page of", () -> log.invalidate(i.key(), i.slot()));
        case Command.Flush f -> f.done().countDown();
        case Command.Stop _ -> {
          return;
        }
      }
    }
  }

  /// A change of the files.
  @FunctionalInterface
  private interface FileChange {
    void run() throws IOException;
  }

  private void attempt(String what, FileChange change) {
    try {
      change.run();
    } catch (SegmentLog.DirectoryLostException e) {
      metrics.diskError(DiskError.WRITE);
      LOG.warn("disk cache cleared reason=\"{}\"", e.getMessage());
      reopen();
    } catch (IOException | RuntimeException | Error e) {
      // The writer goes on after every failure, as every other task in the background.
      OutOfMemory.endProcessIfCause(e);
      metrics.diskError(DiskError.WRITE);
      pausedUntil = clock.instant().plus(PAUSE);
      log.closeActiveSegment();
      LOG.warn(
          "cannot {} the disk cache, no writes for {} s directory=\"{}\" reason=\"{}\"",
          what,
          PAUSE.toSeconds(),
          directory,
          e.toString());
    }
  }

  private void reopen() {
    log.clear();
    try {
      unlock();
      Files.createDirectories(directory);
      lock = DirectoryLock.tryLock(directory);
      if (lock.isPresent()) {
        return;
      }
      LOG.warn("another process uses the directory of the disk cache directory=\"{}\"", directory);
    } catch (IOException e) {
      LOG.warn(
          "cannot create the directory of the disk cache directory=\"{}\" reason=\"{}\"",
          directory,
          e.toString());
    }
    pausedUntil = clock.instant().plus(PAUSE);
  }

  private void unlock() throws IOException {
    if (lock.isPresent()) {
      lock.get().close();
      lock = Optional.empty();
    }
  }

  /// Writes the queued pages and unlocks the directory.
  @Override
  public void close() {
    queue.add(new Command.Stop());
    try {
      writer.join(TimeUnit.SECONDS.toMillis(10));
      // Later lookups are misses.
      log.clear();
      readers.shutdown();
      readers.awaitTermination(1, TimeUnit.SECONDS);
      unlock();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("cannot close the disk cache reason=\"{}\"", e.toString());
    }
  }
}
