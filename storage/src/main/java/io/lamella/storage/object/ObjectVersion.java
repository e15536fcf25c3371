package io.lamella.storage.object;

/// One immutable state of an object: its key, its size in bytes, and the store's tag for exactly
/// these bytes. Reads through a version fail rather than return bytes of another state.
///
/// @param etag opaque; empty where there is none, and then not checked
public record ObjectVersion(ObjectKey key, long size, String etag) {
  public ObjectVersion {
    if (size < 0) {
      throw new IllegalArgumentException("cannot describe object " + key + ": size " + size);
    }
  }
}
