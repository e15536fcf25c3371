package io.lamella.gateway.cache;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectVersion;

/// The key of a cached page: a range of one version of a file. A replaced object has another
/// version and so other keys; its old bytes are never found.
public record PageKey(FileVersion file, ByteRange range) {
  public ObjectVersion object() {
    return file.object();
  }

  /// Pages are looked up very often.
  @Override
  public int hashCode() {
    return 31 * file.hashCode() + Long.hashCode(31 * range.start() + range.end());
  }

  @Override
  public boolean equals(Object o) {
    return this == o
        || o instanceof PageKey k
            && range.start() == k.range.start()
            && range.end() == k.range.end()
            && file.equals(k.file);
  }
}
