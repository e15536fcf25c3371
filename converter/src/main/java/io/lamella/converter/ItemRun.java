package io.lamella.converter;

import io.lamella.converter.schedule.WorkItem;
import io.lamella.converter.source.SourceBlocks;
import io.lamella.converter.source.SourceFailure;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.concurrent.TaskFailure;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.tsdb.CorruptTsdbBlockException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out the items of a plan, group by group, several at once. A failure costs its item
/// alone, also one that nobody thought of, unless the store does not answer any more.
final class ItemRun {
  private static final Logger LOG = LoggerFactory.getLogger(ItemRun.class);

  /// After so many failures of the store without a success in between the run ends.
  private static final int MAX_STORE_FAILURES = 10;

  private final DayConversion conversion;
  private final int parallel;
  private final ConversionProgress progress;
  private final AtomicInteger storeFailures = new AtomicInteger();

  ItemRun(DayConversion conversion, int parallel, ConversionProgress progress) {
    this.conversion = conversion;
    this.parallel = parallel;
    this.progress = progress;
  }

  /// The outcome of one item.
  ///
  /// @param damaged the source block whose bytes are wrong, where that is why
  record Ended(WorkItem item, ItemOutcome outcome, Optional<Ulid> damaged) {}

  /// Leases all sources at once, so that a source of several days is copied once and deleted after
  /// the last of them.
  ///
  /// @return in the order of the groups
  /// @throws IOException where the store does not answer any more
  List<Ended> run(List<List<WorkItem>> groups) throws IOException, InterruptedException {
    List<WorkItem> items = groups.stream().flatMap(List::stream).toList();
    List<Ended> out = new ArrayList<>();
    int atOnce = Math.max(1, Math.min(parallel, items.size()));
    conversion.atOnce(atOnce);
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      List<SourceBlocks.SourceLease> leases = items.stream().map(conversion::lease).toList();
      List<Future<Ended>> running = new ArrayList<>();
      try {
        for (int i = 0; i < items.size(); i++) {
          WorkItem item = items.get(i);
          SourceBlocks.SourceLease lease = leases.get(i);
          running.add(threads.submit(() -> one(item, lease)));
        }
        for (Future<Ended> r : running) {
          out.add(r.get());
        }
      } catch (ExecutionException e) {
        throw TaskFailure.of(e);
      } finally {
        threads.shutdownNow();
      }
    }
    return out;
  }

  private Ended one(WorkItem item, SourceBlocks.SourceLease lease)
      throws IOException, InterruptedException {
    try {
      ItemOutcome outcome = conversion.convert(item, lease);
      storeFailures.set(0);
      progress.ended(item, outcome);
      progress.dayDone(item.dayMillis());
      return new Ended(item, outcome, Optional.empty());
    } catch (IOException e) {
      if (isStoreFailure(e) && storeFailures.incrementAndGet() >= MAX_STORE_FAILURES) {
        throw e;
      }
      String why = String.valueOf(e.getMessage());
      LOG.warn("day not converted stream={} day={} reason=\"{}\"", item.stream(), item.day(), why);
      return failed(item, why, damaged(e));
    } catch (RuntimeException e) {
      LOG.warn("day not converted stream={} day={}", item.stream(), item.day(), e);
      return failed(item, "cannot convert the day: unexpected " + e, Optional.empty());
    }
  }

  private Ended failed(WorkItem item, String why, Optional<Ulid> damaged) {
    ItemOutcome outcome = new ItemOutcome.Failed(why);
    progress.ended(item, outcome);
    return new Ended(item, outcome, damaged);
  }

  private static boolean isStoreFailure(IOException e) {
    Throwable cause = e instanceof SourceFailure && e.getCause() != null ? e.getCause() : e;
    return cause instanceof ObjectStoreException;
  }

  private static Optional<Ulid> damaged(IOException e) {
    if (e instanceof SourceFailure f) {
      return f.isDamaged() ? Optional.of(f.block()) : Optional.empty();
    }
    return e instanceof CorruptTsdbBlockException c && Ulid.isUlid(c.block())
        ? Optional.of(Ulid.parse(c.block()))
        : Optional.empty();
  }
}
