package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// Forwards every call to another store. Wrappers extend it and override the calls that they
/// change.
public abstract class ForwardingObjectStore implements ObjectStore {
  private final ObjectStore store;

  protected ForwardingObjectStore(ObjectStore store) {
    this.store = store;
  }

  protected final ObjectStore store() {
    return store;
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
    return store.listPage(prefix, token);
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException {
    return store.listDirectoriesPage(prefix, token);
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return store.head(key);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return store.readAll(key, maxBytes);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return store.read(object, range);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    return store.readTail(key, length);
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
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    return store.putIfAbsent(key, file);
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    store.delete(key);
  }

  @Override
  public long openedConnections() {
    return store.openedConnections();
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
