package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Reads of blocks: each waits for a permit of the read scheduler, in the queue of its query, and
/// is counted on the query's budget.
///
/// @param stale receives each object that is found replaced or deleted
public record ScheduledReads(
    ObjectStore store, ReadScheduler scheduler, Consumer<ObjectVersion> stale) {
  /// A read of the store.
  @FunctionalInterface
  private interface StoreRead<T> {
    T run() throws ObjectStoreException;
  }

  /// Reads exactly these bytes.
  ///
  /// @throws StaleObjectException where the object is another version now, or gone
  public ByteBuffer read(ObjectVersion object, ByteRange range, QueryBudget query)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    ByteBuffer bytes = scheduled(object, range.length(), query, () -> store.read(object, range));
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
    return scheduled(object, length, query, () -> store.readTail(object.key(), length));
  }

  private <T> T scheduled(ObjectVersion object, long length, QueryBudget query, StoreRead<T> read)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    scheduler.acquire(query, () -> ReadPriority.of(query), length);
    try {
      query.count(length);
      return read.run();
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
