package io.lamella.gateway.fetch;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// How reads of blocks reach the store: through the gate, in the line of the query that causes
/// them, and counted on its budget.
///
/// @param changed is told of an object that is another version now, or gone
public record ScheduledReads(
    ObjectStore store, ReadScheduler gate, Consumer<ObjectVersion> changed) {
  /// A request to the store.
  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  /// Reads exactly these bytes.
  ///
  /// @throws StaleObjectException where the object is another version now, or gone
  public ByteBuffer read(ObjectVersion object, ByteRange range, QueryBudget query)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    ByteBuffer bytes = pass(object, range.length(), query, () -> store.read(object, range));
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
  }

  /// Reads an object's last bytes and its tag.
  ///
  /// @param object whose tag need not be known
  /// @throws StaleObjectException where the object is gone
  public ObjectStore.Tail readTail(ObjectVersion object, long length, QueryBudget query)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    return pass(object, length, query, () -> store.readTail(object.key(), length));
  }

  private <T> T pass(ObjectVersion object, long length, QueryBudget query, Request<T> request)
      throws ObjectStoreException, StaleObjectException, InterruptedException {
    gate.enter(query, () -> ReadPriority.of(query), length);
    try {
      query.count(length);
      return request.send();
    } catch (ObjectStoreException.Changed e) {
      changed.accept(object);
      throw new StaleObjectException(object, StaleObjectException.Now.ANOTHER, e);
    } catch (ObjectStoreException.NotFound e) {
      changed.accept(object);
      throw new StaleObjectException(object, StaleObjectException.Now.GONE, e);
    } finally {
      gate.leave(query);
    }
  }
}
