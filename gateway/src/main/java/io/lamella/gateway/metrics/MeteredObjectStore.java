package io.lamella.gateway.metrics;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts and logs the requests to a store, and what they cost. It stands below retries and hedged
/// requests, so that each request counts. A gateway only reads; writes are not counted.
public final class MeteredObjectStore extends ForwardingObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(MeteredObjectStore.class);

  private final GatewayMetrics metrics;
  private final RequestPrices prices;

  public MeteredObjectStore(ObjectStore store, GatewayMetrics metrics, RequestPrices prices) {
    super(store);
    this.metrics = metrics;
    this.prices = prices;
  }

  @FunctionalInterface
  private interface MeteredRead<T> {
    T run() throws ObjectStoreException;
  }

  private <T> T count(String operation, String object, MeteredRead<T> read, ToLongFunction<T> bytes)
      throws ObjectStoreException {
    charge(operation);
    long start = System.nanoTime();
    try {
      T result = read.run();
      long length = bytes.applyAsLong(result);
      metrics.storeRequest(operation, "ok", length);
      LOG.debug(
          "store request operation={} object={} bytes={} micros={}",
          operation,
          object,
          length,
          (System.nanoTime() - start) / 1000);
      return result;
    } catch (ObjectStoreException.NotFound e) {
      metrics.storeRequest(operation, "not_found", 0);
      throw e;
    } catch (ObjectStoreException e) {
      // The slower of two hedged requests, and reads of cancelled queries, are interrupted.
      boolean cancelled = Thread.currentThread().isInterrupted();
      metrics.storeRequest(operation, cancelled ? "cancelled" : "error", 0);
      throw e;
    }
  }

  private void charge(String operation) {
    RequestOrigin origin = RequestOrigin.current();
    RequestKind kind =
        operation.equals("list")
            ? RequestKind.LIST
            : origin.hedge() ? RequestKind.HEDGE : RequestKind.READ;
    double dollars = prices.dollars(kind);
    metrics.storeCost(kind, dollars);
    origin.account().ifPresent(a -> a.charge(kind, dollars));
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return count("list", prefix, () -> super.listPage(prefix, token), p -> 0);
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return count("list", prefix, () -> super.listDirectoriesPage(prefix, token), p -> 0);
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return count("head", key.name(), () -> super.head(key), v -> 0);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return count("get", key.name(), () -> super.readAll(key, maxBytes), ByteBuffer::remaining);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return count(
        "get_range",
        object.key().name() + " " + range,
        () -> super.read(object, range),
        ByteBuffer::remaining);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return count(
        "get_tail", key.name(), () -> super.readTail(key, length), t -> t.bytes().remaining());
  }
}
