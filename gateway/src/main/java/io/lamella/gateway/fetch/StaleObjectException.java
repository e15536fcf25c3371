package io.lamella.gateway.fetch;

import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.io.Serial;

/// An object of a block was replaced or deleted since its version was read; the message is that of
/// the cause.
public final class StaleObjectException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ObjectVersion object;
  private final State state;

  /// The present state of the object.
  public enum State {
    /// The object has another version.
    REPLACED,
    /// The object does not exist.
    GONE
  }

  public StaleObjectException(ObjectVersion object, State state, IOException cause) {
    super(cause.getMessage(), cause);
    this.object = object;
    this.state = state;
  }

  /// The version that was expected.
  public ObjectVersion object() {
    return object;
  }

  public State state() {
    return state;
  }
}
