package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Counts the requests to another store, so that tests can state what an operation costs.
/// Thread-safe; requests count when they are made, also those that fail.
public final class CountingObjectStore extends ForwardingObjectStore {
  /// The requests to a store.
  public enum Operation {
    LIST,
    LIST_DIRECTORIES,
    HEAD,
    READ_ALL,
    READ,
    READ_TAIL,
    PUT,
    PUT_IF_ABSENT,
    DELETE
  }

  /// A ranged read.
  public record Read(ObjectKey key, ByteRange range) {}

  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
  private final List<Read> reads = new ArrayList<>();
  private long bytesRead;

  public CountingObjectStore(ObjectStore store) {
    super(store);
  }

  public synchronized int count(Operation operation) {
    return counts.getOrDefault(operation, 0);
  }

  /// How many requests transfer an object's bytes: whole, ranged and tail reads.
  public synchronized int gets() {
    return count(Operation.READ_ALL) + count(Operation.READ) + count(Operation.READ_TAIL);
  }

  /// The ranged reads in the order of the requests.
  public synchronized List<Read> reads() {
    return List.copyOf(reads);
  }

  /// Bytes that all reads returned.
  public synchronized long bytesRead() {
    return bytesRead;
  }

  public synchronized void reset() {
    counts.clear();
    reads.clear();
    bytesRead = 0;
  }

  private synchronized void requested(Operation operation) {
    counts.merge(operation, 1, Integer::sum);
  }

  private synchronized ByteBuffer returned(ByteBuffer bytes) {
    bytesRead += bytes.remaining();
    return bytes;
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    requested(Operation.LIST);
    return store().listPage(prefix, token);
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    requested(Operation.LIST_DIRECTORIES);
    return store().listDirectoriesPage(prefix, token);
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    requested(Operation.HEAD);
    return store().head(key);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    requested(Operation.READ_ALL);
    return returned(store().readAll(key, maxBytes));
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    requested(Operation.READ);
    synchronized (this) {
      reads.add(new Read(object.key(), range));
    }
    return returned(store().read(object, range));
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    requested(Operation.READ_TAIL);
    Tail tail = store().readTail(key, length);
    returned(tail.bytes());
    return tail;
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    requested(Operation.PUT);
    return store().put(key, bytes);
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    requested(Operation.PUT);
    return store().put(key, file);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    requested(Operation.PUT_IF_ABSENT);
    return store().putIfAbsent(key, bytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    requested(Operation.PUT_IF_ABSENT);
    return store().putIfAbsent(key, file);
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    requested(Operation.DELETE);
    store().delete(key);
  }
}
