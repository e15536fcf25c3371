package io.lamella.gateway.fetch;

import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.io.Serial;

/// An object of a block is no longer what was known of it; the message is the store's.
public final class StaleObjectException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ObjectVersion object;
  private final Now now;

  /// What there is instead.
  public enum Now {
    /// Another version.
    ANOTHER,
    /// Nothing.
    GONE
  }

  StaleObjectException(ObjectVersion object, Now now, ObjectStoreException cause) {
    super(cause.getMessage(), cause);
    this.object = object;
    this.now = now;
  }

  /// The version that was known.
  public ObjectVersion object() {
    return object;
  }

  public Now now() {
    return now;
  }
}
