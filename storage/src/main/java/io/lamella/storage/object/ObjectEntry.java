package io.lamella.storage.object;

import java.time.Instant;

/// One line of a listing.
public record ObjectEntry(ObjectVersion version, Instant lastModified) {
  public ObjectKey key() {
    return version.key();
  }
}
