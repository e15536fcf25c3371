package io.lamella.gateway.fetch;

import io.lamella.gateway.budget.QueryBudget;
import io.lamella.gateway.budget.Tier;
import io.lamella.gateway.cache.FileVersion;
import io.lamella.gateway.cache.PageCache;
import io.lamella.gateway.cache.PageCache.Admission;
import io.lamella.gateway.cache.PageKey;
import io.lamella.gateway.metrics.FetchMetrics;
import io.lamella.gateway.plan.Coalescing;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Reads what no cache has, near ranges as one read, each range once at a time however many queries
/// want it.
///
/// A read belongs to nobody: it runs on a thread of its own and goes on while anyone waits for it.
/// A query that is cancelled or fails elsewhere leaves; the last to leave ends the read. So nobody
/// fails because another gave up, a failure is shared by those alone who waited for that very read,
/// and the next query tries anew.
public final class SharedReads {
  private final Way way;
  private final Coalescing coalescing;
  private final PageCache cache;
  private final FetchMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PageKey, Flight> underWay = new HashMap<>();

  /// How reads reach the store.
  ///
  /// @param changed is told of an object that is another version now
  public record Way(ObjectStore store, ReadGate gate, Consumer<ObjectVersion> changed) {}

  public SharedReads(Way way, Coalescing coalescing, PageCache cache, FetchMetrics metrics) {
    this.way = way;
    this.coalescing = coalescing;
    this.cache = cache;
    this.metrics = metrics;
    metrics.gauge("lamella_reads_running", "Reads under way.", () -> way.gate().running());
    metrics.gauge(
        "lamella_reads_waiting", "Reads that wait for a place.", () -> way.gate().waiting());
  }

  /// One read under way.
  private final class Flight {
    final ObjectVersion object;
    final ByteRange range;
    final List<PageKey> pages = new ArrayList<>();
    final CompletableFuture<Map<PageKey, ByteBuffer>> result = new CompletableFuture<>();
    final QueryBudget starter;
    final Admission admission;
    final Thread thread = Thread.ofVirtual().name("read").unstarted(this::run);
    int waiters;

    Flight(ObjectVersion object, ByteRange range, QueryBudget starter, Admission admission) {
      this.object = object;
      this.range = range;
      this.starter = starter;
      this.admission = admission;
    }

    private void run() {
      try {
        Map<PageKey, ByteBuffer> cut = cut(read());
        land();
        result.complete(cut);
      } catch (Throwable e) {
        land();
        result.completeExceptionally(e);
      }
    }

    private ByteBuffer read() throws IOException, InterruptedException {
      way.gate().enter(starter, range.length());
      try {
        starter.count(range.length());
        ByteBuffer bytes = way.store().read(object, range);
        if (bytes.remaining() != range.length()) {
          throw new ObjectStoreException.Unavailable(
              "cannot read object "
                  + object.key()
                  + " "
                  + range
                  + ": "
                  + bytes.remaining()
                  + " bytes came",
              null);
        }
        return bytes;
      } catch (ObjectStoreException.Changed | ObjectStoreException.NotFound e) {
        way.changed().accept(object);
        throw e;
      } finally {
        way.gate().leave(starter);
      }
    }

    /// Cuts the wanted ranges out. What goes into a cache is copied, so that a page there does not
    /// hold the whole read in memory.
    private Map<PageKey, ByteBuffer> cut(ByteBuffer bytes) {
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

    private void land() {
      lock.lock();
      try {
        pages.forEach(p -> underWay.remove(p, this));
      } finally {
        lock.unlock();
      }
    }
  }

  /// Reads ranges, those of one object near each other as one.
  ///
  /// @param budget of the query that asks; it counts the reads that it causes
  /// @throws InterruptedException where the query is cancelled or its time is up; reads go on that
  ///   others wait for
  public Map<PageKey, ByteBuffer> read(
      Collection<PageKey> pages, Admission admission, QueryBudget budget)
      throws IOException, InterruptedException {
    Set<Flight> joined = new LinkedHashSet<>();
    Map<PageKey, ByteBuffer> all = new HashMap<>();
    List<Flight> started;
    lock.lock();
    try {
      Map<FileVersion, List<PageKey>> mine = new LinkedHashMap<>();
      for (PageKey page : pages) {
        Flight other = underWay.get(page);
        // It may have landed since the caller looked.
        Optional<ByteBuffer> landed = other == null ? cache.peek(page) : Optional.empty();
        if (landed.isPresent()) {
          all.put(page, landed.get());
          budget.countCached(Tier.MEMORY, 1, page.range().length());
        } else if (other == null) {
          mine.computeIfAbsent(page.file(), f -> new ArrayList<>()).add(page);
        } else {
          joined.add(other);
          metrics.shared();
          budget.countCached(Tier.SHARED, 1, page.range().length());
        }
      }
      started = plan(mine, admission, budget);
      joined.addAll(started);
      joined.forEach(f -> f.waiters++);
    } finally {
      lock.unlock();
    }
    try {
      started.forEach(f -> f.thread.start());
      await(joined);
      joined.forEach(f -> f.result.join().forEach((k, v) -> all.put(k, v.duplicate())));
      return all;
    } finally {
      leave(joined);
    }
  }

  private List<Flight> plan(
      Map<FileVersion, List<PageKey>> mine, Admission admission, QueryBudget budget) {
    List<Flight> out = new ArrayList<>();
    Coalescing ofWave =
        coalescing.ofWave(
            mine.values().stream().flatMap(List::stream).mapToLong(p -> p.range().length()).sum());
    mine.forEach((file, wanted) -> {
      TreeMap<Long, Flight> reads = new TreeMap<>();
      for (ByteRange r : ofWave.reads(wanted.stream().map(PageKey::range).toList())) {
        reads.put(r.start(), new Flight(file.object(), r, budget, admission));
      }
      for (PageKey page : wanted) {
        Flight f = reads.floorEntry(page.range().start()).getValue();
        f.pages.add(page);
        underWay.put(page, f);
      }
      out.addAll(reads.values());
    });
    return out;
  }

  /// Waits for all, or for the first that fails.
  private static void await(Collection<Flight> flights) throws IOException, InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(flights.size());
    for (Flight f : flights) {
      f.result.whenComplete((pages, failure) -> {
        if (failure != null) {
          done.completeExceptionally(failure);
        } else if (left.decrementAndGet() == 0) {
          done.complete(null);
        }
      });
    }
    if (flights.isEmpty()) {
      return;
    }
    try {
      done.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static IOException failure(@org.jspecify.annotations.Nullable Throwable cause) {
    // Nobody's read was cancelled while someone waited, so an interrupt cannot be seen here.
    return switch (cause) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(cause);
    };
  }

  private void leave(Collection<Flight> flights) {
    lock.lock();
    try {
      for (Flight f : flights) {
        f.waiters--;
        if (f.waiters == 0 && !f.result.isDone()) {
          f.pages.forEach(p -> underWay.remove(p, f));
          f.thread.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
