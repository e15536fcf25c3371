package io.lamella.gateway.metrics;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts and logs what goes to a store. A gateway only reads; writes pass through uncounted.
public final class MeteredObjectStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(MeteredObjectStore.class);

  private final ObjectStore store;
  private final GatewayMetrics metrics;

  public MeteredObjectStore(ObjectStore store, GatewayMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  @FunctionalInterface
  private interface Request<T> {
    T send() throws ObjectStoreException;
  }

  private <T> T count(String operation, String object, Request<T> request, ToLongFunction<T> bytes)
      throws ObjectStoreException {
    long start = System.nanoTime();
    try {
      T answer = request.send();
      long read = bytes.applyAsLong(answer);
      metrics.storeRequest(operation, "ok", read);
      LOG.debug(
          "store request operation={} object={} bytes={} micros={}",
          operation,
          object,
          read,
          (System.nanoTime() - start) / 1000);
      return answer;
    } catch (ObjectStoreException.NotFound e) {
      metrics.storeRequest(operation, "not_found", 0);
      throw e;
    } catch (ObjectStoreException e) {
      // Slow reads that lost against their second request, and those of cancelled queries.
      boolean cancelled = Thread.currentThread().isInterrupted();
      metrics.storeRequest(operation, cancelled ? "cancelled" : "error", 0);
      throw e;
    }
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return count("list", prefix, () -> store.listPage(prefix, token), p -> 0);
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return count("list", prefix, () -> store.listDirectoriesPage(prefix, token), p -> 0);
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return count("head", key.name(), () -> store.head(key), v -> 0);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return count("get", key.name(), () -> store.readAll(key, maxBytes), ByteBuffer::remaining);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return count(
        "get_range",
        object.key().name() + " " + range,
        () -> store.read(object, range),
        ByteBuffer::remaining);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return count(
        "get_tail", key.name(), () -> store.readTail(key, length), t -> t.bytes().remaining());
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return store.put(key, bytes);
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    return store.put(key, file);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return store.putIfAbsent(key, bytes);
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    store.delete(key);
  }

  @Override
  public String description() {
    return store.description();
  }

  @Override
  public void close() {
    store.close();
  }
}
