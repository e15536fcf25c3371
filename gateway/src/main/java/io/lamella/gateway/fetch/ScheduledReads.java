package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.RequestOrigin;
import io.lamella.gateway.trace.CurrentSpan;
import io.lamella.gateway.trace.Span;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads of blocks: each waits for a permit of the read scheduler, in the queue of its query, and
/// is counted on the query's budget.
///
/// @param store for reads that a query waits for
/// @param prefetchStore for reads that no query waits for yet
/// @param stale receives each object that is found replaced or deleted
public record ScheduledReads(
    ObjectStore store,
    ObjectStore prefetchStore,
    ReadScheduler scheduler,
    Consumer<ObjectVersion> stale) {
  /// The same store for all reads.
  public ScheduledReads(ObjectStore store, ReadScheduler scheduler, Consumer<ObjectVersion> stale) {
    this(store, store, scheduler, stale);
  }

  /// A read of the store.
  @FunctionalInterface
  private interface StoreRead<T> {
    T from(ObjectStore store) throws ObjectStoreException;
  }

  /// Reads exactly these bytes.
  ///
  /// @throws StaleObjectException where the object is another version now, or gone
  public ByteBuffer read(ObjectVersion object, ByteRange range, QueryBudget query)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    ByteBuffer bytes =
        scheduled(
            new Part(object, range.start(), range.length()), query, s -> s.read(object, range));
    if (bytes.remaining() != range.length()) {
      throw new ObjectStoreException.Unavailable(
          "cannot read object "
              + object.key()
              + " "
              + range
              + ": "
              + bytes.remaining()
              + " bytes received",
          null);
    }
    return bytes;
  }

  /// Reads an object's last bytes, with its version.
  ///
  /// @param object its ETag may be unknown
  /// @throws StaleObjectException where the object is gone
  public ObjectStore.Tail readTail(ObjectVersion object, long length, QueryBudget query)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    return scheduled(
        new Part(object, -length, length), query, s -> s.readTail(object.key(), length));
  }

  /// What is read of an object.
  ///
  /// @param offset of the first byte; negative from the end
  private record Part(ObjectVersion object, long offset, long length) {
    Span span() {
      Span span = CurrentSpan.get().child("read");
      span.set("object", object.key().name());
      span.set("offset", offset);
      span.set("bytes", length);
      return span;
    }
  }

  private <T> T scheduled(Part part, QueryBudget query, StoreRead<T> read)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    Span span = part.span();
    try {
      long begun = System.nanoTime();
      scheduler.acquire(query, () -> ReadPriority.of(query), part.length());
      span.set("queued_micros", (System.nanoTime() - begun) / 1000);
      try {
        query.count(part.length());
        ObjectStore from = query.isPrefetch() ? prefetchStore : store;
        return new RequestOrigin(Optional.of(query), false).call(() -> read.from(from));
      } finally {
        scheduler.release(query);
      }
    } catch (ObjectStoreException.Changed e) {
      span.failed(e);
      stale.accept(part.object());
      throw new StaleObjectException(part.object(), StaleObjectException.State.REPLACED, e);
    } catch (ObjectStoreException.NotFound e) {
      span.failed(e);
      stale.accept(part.object());
      throw new StaleObjectException(part.object(), StaleObjectException.State.GONE, e);
    } catch (ObjectStoreException | InterruptedException e) {
      span.failed(e);
      throw e;
    } finally {
      span.close();
    }
  }
}
