package io.lamella.storage.object;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// A bucket of objects. Thread-safe; calls block, so parallel calls need a virtual thread each.
/// Every failure is an [ObjectStoreException] that names the object.
public interface ObjectStore extends AutoCloseable {
  /// The token of a listing's first page.
  String FIRST_PAGE = "";

  /// The objects whose keys start with `prefix` (any text, empty for all), in key order: the pages
  /// of [#listPage]; the first is requested at once, the others when the stream reaches them.
  ///
  /// The stream throws [UncheckedObjectStoreException] where a later page fails; close it when
  /// done.
  default Stream<ObjectEntry> list(String prefix) throws ObjectStoreException {
    return PagedListing.stream(token -> listPage(prefix, token));
  }

  /// The "directories" right below `prefix` (which is empty or ends in `/`): each distinct part of
  /// a key up to the next `/`, with that slash, in order; paged like [#list].
  default Stream<String> listDirectories(String prefix) throws ObjectStoreException {
    return PagedListing.stream(token -> listDirectoriesPage(prefix, token));
  }

  /// One page of [#list]: one request.
  ///
  /// @param token [#FIRST_PAGE], or [Page#next] of the page before
  Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException;

  /// One page of [#listDirectories].
  Page<String> listDirectoriesPage(String prefix, String token) throws ObjectStoreException;

  /// The object's current version; empty where there is no object.
  Optional<ObjectVersion> head(ObjectKey key) throws ObjectStoreException;

  /// Reads a whole small object.
  ///
  /// @throws ObjectStoreException.NotFound where there is none
  /// @throws ObjectStoreException.TooLarge where it is longer than `maxBytes`; nothing is buffered
  ///   then
  ByteBuffer readAll(ObjectKey key, long maxBytes) throws ObjectStoreException;

  /// Reads exactly these bytes of exactly this version; the buffer is the caller's, position 0,
  /// limit the length.
  ///
  /// @throws ObjectStoreException.NotFound where the object is gone
  /// @throws ObjectStoreException.Changed where the object has another tag or size now
  ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException;

  /// Reads the last `length` bytes, or all where the object is shorter, together with its version.
  /// For callers that do not have the size or version.
  Tail readTail(ObjectKey key, long length) throws ObjectStoreException;

  /// Puts a small object whole, replacing what was there. It may be replaced again, so HTTP caches
  /// must validate it before they return it.
  ObjectVersion put(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException;

  /// Puts a file whole, in parts where it is large; nothing is visible before the last byte
  /// arrived. It never changes, so HTTP caches may keep it.
  ObjectVersion put(ObjectKey key, Path file) throws ObjectStoreException;

  /// Puts an object if there is none, atomically among all writers: [PutOutcome.ALREADY_THERE]
  /// otherwise.
  ///
  /// @throws ObjectStoreException.Unknown where the response was lost, so the outcome is unknown;
  ///   reading the object back resolves it
  PutOutcome putIfAbsent(ObjectKey key, ByteBuffer bytes) throws ObjectStoreException;

  /// Puts a file whole, in parts where it is large, if there is no object of that name. Only for
  /// names that carry a digest of the content: of two writers at once, both may report
  /// [PutOutcome#STORED] where the store completes uploads in parts unconditionally.
  ///
  /// @throws ObjectStoreException.Unknown where the response was lost, so the outcome is unknown;
  ///   the next attempt or a read resolves it
  PutOutcome putIfAbsent(ObjectKey key, Path file) throws ObjectStoreException;

  /// Deletes an object; deleting a missing object is not an error.
  void delete(ObjectKey key) throws ObjectStoreException;

  /// How many network connections this store has opened; 0 where it needs none.
  default long openedConnections() {
    return 0;
  }

  /// The name of the store for messages, such as `s3://bucket/prefix`, without secrets.
  String description();

  @Override
  void close();

  /// A part of a listing.
  ///
  /// @param next token of the next page; empty where this is the last
  record Page<T>(List<T> entries, Optional<String> next) {
    public Page {
      entries = List.copyOf(entries);
    }

    /// The only page of a listing.
    public static <T> Page<T> only(List<T> entries) {
      return new Page<>(entries, Optional.empty());
    }

    /// The same page with each entry mapped.
    public <R> Page<R> map(Function<T, R> each) {
      return new Page<>(entries.stream().map(each).toList(), next);
    }
  }

  /// The end of an object.
  record Tail(ObjectVersion version, ByteBuffer bytes) {}

  /// How a conditional put ended.
  enum PutOutcome {
    STORED,
    ALREADY_THERE
  }
}
