package io.lamella.storage.object.local;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// Objects in memory, listed in pages as long as those of S3.
public final class MemoryObjectStore implements ObjectStore {
  private static final int PAGE = 1000;

  private final ConcurrentSkipListMap<ObjectKey, Stored> objects = new ConcurrentSkipListMap<>();
  private final AtomicLong versions = new AtomicLong();
  private final InstantSource clock;

  private record Stored(ByteBuffer bytes, String etag, Instant modified) {}

  public MemoryObjectStore() {
    this(InstantSource.system());
  }

  public MemoryObjectStore(InstantSource clock) {
    this.clock = clock;
  }

  private static ObjectVersion version(ObjectKey key, Stored s) {
    return new ObjectVersion(key, s.bytes.remaining(), s.etag);
  }

  @Override
  public Page<ObjectEntry> listPage(String prefix, String token) {
    List<ObjectEntry> found =
        objects.entrySet().stream()
            .filter(e -> e.getKey().name().startsWith(prefix))
            .filter(e -> token.isEmpty() || e.getKey().compareTo(new ObjectKey(token)) > 0)
            .limit(PAGE + 1L)
            .map(e -> new ObjectEntry(version(e.getKey(), e.getValue()), e.getValue().modified))
            .toList();
    if (found.size() <= PAGE) {
      return Page.only(found);
    }
    List<ObjectEntry> page = found.subList(0, PAGE);
    return new Page<>(page, Optional.of(page.getLast().key().name()));
  }

  @Override
  public Page<String> listDirectoriesPage(String prefix, String token) {
    return Page.only(
        objects.keySet().stream()
            .map(ObjectKey::name)
            .filter(n -> n.startsWith(prefix) && n.indexOf('/', prefix.length()) > 0)
            .map(n -> n.substring(0, n.indexOf('/', prefix.length()) + 1))
            .distinct()
            .toList());
  }

  @Override
  public Optional<ObjectVersion> head(ObjectKey key) {
    return Optional.ofNullable(objects.get(key)).map(s -> version(key, s));
  }

  private Stored stored(ObjectKey key) throws ObjectStoreException {
    Stored s = objects.get(key);
    if (s == null) {
      throw new ObjectStoreException.NotFound(
          "cannot read object " + key + ": there is none [store=" + description() + "]", null);
    }
    return s;
  }

  private static ByteBuffer copy(ByteBuffer bytes, long start, long length) {
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
    out.put(bytes.slice(Math.toIntExact(start), Math.toIntExact(length)));
    return out.flip();
  }

  @Override
  public ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException {
    Stored s = stored(key);
    if (s.bytes.remaining() > maxBytes) {
      throw new ObjectStoreException.TooLarge(
          "cannot read object " + key + ": " + s.bytes.remaining() + " bytes, at most " + maxBytes);
    }
    return copy(s.bytes, 0, s.bytes.remaining());
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    Stored s = stored(object.key());
    if (s.bytes.remaining() != object.size()
        || !object.etag().isEmpty() && !object.etag().equals(s.etag)) {
      throw new ObjectStoreException.Changed(
          "cannot read object "
              + object.key()
              + " "
              + range
              + ": it is another version now, "
              + s.bytes.remaining()
              + " bytes",
          null);
    }
    if (range.end() > object.size()) {
      throw new ObjectStoreException.Refused(
          "cannot read object "
              + object.key()
              + " "
              + range
              + ": it has "
              + object.size()
              + " bytes",
          null);
    }
    return copy(s.bytes, range.start(), range.length());
  }

  @Override
  public Tail readTail(ObjectKey key, long length) throws ObjectStoreException {
    Stored s = stored(key);
    long n = Math.min(length, s.bytes.remaining());
    return new Tail(version(key, s), copy(s.bytes, s.bytes.remaining() - n, n));
  }

  private Stored store(ByteBuffer bytes) {
    return new Stored(
        copy(bytes.slice(), 0, bytes.remaining()),
        Long.toString(versions.incrementAndGet()),
        clock.instant());
  }

  @Override
  public ObjectVersion put(ObjectKey key, ByteBuffer bytes) {
    Stored s = store(bytes);
    objects.put(key, s);
    return version(key, s);
  }

  @Override
  public ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException {
    try {
      return put(key, ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ObjectStoreException.Refused("cannot write object " + key + ": " + e, e);
    }
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) {
    return objects.putIfAbsent(key, store(bytes)) == null
        ? PutOutcome.STORED
        : PutOutcome.ALREADY_THERE;
  }

  @Override
  public PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException {
    try {
      return putIfAbsent(key, ByteBuffer.wrap(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new ObjectStoreException.Refused("cannot write object " + key + ": " + e, e);
    }
  }

  @Override
  public void delete(ObjectKey key) {
    objects.remove(key);
  }

  @Override
  public String description() {
    return "memory";
  }

  @Override
  public void close() {}
}
