package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.metrics.RequestOrigin;
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
    ByteBuffer bytes = scheduled(object, range.length(), query, s -> s.read(object, range));
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
    return scheduled(object, length, query, s -> s.readTail(object.key(), length));
  }

  private <T> T scheduled(ObjectVersion object, long length, QueryBudget query, StoreRead<T> read)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    scheduler.acquire(query, () -> ReadPriority.of(query), length);
    try {
      query.count(length);
      ObjectStore from = query.isPrefetch() ? prefetchStore : store;
      return new RequestOrigin(Optional.of(query), false).call(() -> read.from(from));
    } catch (ObjectStoreException.Changed e) {
      stale.accept(object);
      throw new StaleObjectException(object, StaleObjectException.State.REPLACED, e);
    } catch (ObjectStoreException.NotFound e) {
      stale.accept(object);
      throw new StaleObjectException(object, StaleObjectException.State.GONE, e);
    } finally {
      scheduler.release(query);
    }
  }
}
