package io.lamella.storage.object;

import java.time.Instant;

/// One object of a listing.
public record ObjectEntry(ObjectVersion version, Instant lastModified) {
  public ObjectKey key() {
    return version.key();
  }
}
