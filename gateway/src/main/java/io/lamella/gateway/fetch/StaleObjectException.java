package io.lamella.gateway.fetch;

import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.io.Serial;

/// An object of a block was replaced or deleted since its version was read; the message is the
/// store's.
public final class StaleObjectException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ObjectVersion object;
  private final Now now;

  /// What the store holds now.
  public enum Now {
    /// Another version of the object.
    ANOTHER,
    /// No such object.
    GONE
  }

  StaleObjectException(ObjectVersion object, Now now, ObjectStoreException cause) {
    super(cause.getMessage(), cause);
    this.object = object;
    this.now = now;
  }

  /// The version that was expected.
  public ObjectVersion object() {
    return object;
  }

  public Now now() {
    return now;
  }
}
