package io.lamella.gateway.cache;

import io.lamella.storage.object.ObjectVersion;

/// One version of a file of a block.
///
/// @param digest of the whole file, from the block's meta. It distinguishes a block that was
///   published again under its old name, also where the object's ETag is unknown
public record FileVersion(ObjectVersion object, String digest) {
  /// The digest tells nearly all files apart, and a string keeps its hash: pages are looked up by
  /// this very often.
  @Override
  public int hashCode() {
    return 31 * digest.hashCode() + object.key().name().hashCode();
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof FileVersion f && digest.equals(f.digest) && object.equals(f.object);
  }
}
