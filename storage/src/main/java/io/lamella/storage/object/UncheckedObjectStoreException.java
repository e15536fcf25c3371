package io.lamella.storage.object;

import java.io.Serial;

/// Carries an [ObjectStoreException] out of a stream.
public final class UncheckedObjectStoreException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ObjectStoreException reason;

  public UncheckedObjectStoreException(ObjectStoreException reason) {
    super(reason.getMessage(), reason);
    this.reason = reason;
  }

  public ObjectStoreException reason() {
    return reason;
  }
}
