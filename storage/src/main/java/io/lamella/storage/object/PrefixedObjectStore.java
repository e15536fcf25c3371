package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// A store of the objects of another store below a prefix.
public final class PrefixedObjectStore extends ForwardingObjectStore {
  private final String prefix;

  /// @param prefix without slashes at its ends
  public PrefixedObjectStore(ObjectStore store, String prefix) {
    super(store);
    this.prefix = new ObjectKey(prefix).name() + "/";
  }

  private ObjectKey full(ObjectKey key) {
    return new ObjectKey(prefix + key.name());
  }

  private ObjectVersion full(ObjectVersion v) {
    return new ObjectVersion(full(v.key()), v.size(), v.etag());
  }

  private ObjectVersion own(ObjectVersion v) {
    return new ObjectVersion(
        new ObjectKey(v.key().name().substring(prefix.length())), v.size(), v.etag());
  }

  @Override
  public Page<ObjectEntry> listPage(String below, String token) throws ObjectStoreException {
    return store()
        .listPage(prefix + below, token)
        .map(e -> new ObjectEntry(own(e.version()), e.lastModified()));
  }

  @Override
  public Page<String> listDirectoriesPage(String below, String token) throws ObjectStoreException {
    return store()
        .listDirectoriesPage(prefix + below, token)
        .map(d -> d.substring(prefix.length()));
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException {
    return store().head(full(key)).map(this::own);
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    return store().readAll(full(key), maxBytes);
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    return store().read(full(object), range);
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    Tail t = store().readTail(full(key), length);
    return new Tail(own(t.version()), t.bytes());
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return own(store().put(full(key), bytes));
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    return own(store().put(full(key), file));
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException {
    return store().putIfAbsent(full(key), bytes);
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    return store().putIfAbsent(full(key), file);
  }

  @Override
  public void delete(ObjectKey key) throws ObjectStoreException {
    store().delete(full(key));
  }

  @Override
  public String description() {
    return store().description() + "/" + prefix;
  }
}
