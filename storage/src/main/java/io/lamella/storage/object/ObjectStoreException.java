package io.lamella.storage.object;

import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An operation on an object failed; the message names operation, object and cause.
public sealed class ObjectStoreException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private ObjectStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// There is no such object (or bucket).
  public static final class NotFound extends ObjectStoreException {
    public NotFound(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The object is not the requested version.
  public static final class Changed extends ObjectStoreException {
    public Changed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The object is larger than the caller allows.
  public static final class TooLarge extends ObjectStoreException {
    public TooLarge(String message) {
      super(message, null);
    }
  }

  /// Credentials are missing, wrong, or lack the permission; a retry does not help.
  public static final class Denied extends ObjectStoreException {
    public Denied(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The request may or may not have taken effect.
  public static final class Unknown extends ObjectStoreException {
    public Unknown(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The store is slow, busy, unreachable, or returned other bytes than requested; a retry may
  /// help.
  public static final class Unavailable extends ObjectStoreException {
    private final @Nullable Duration retryAfter;
    private final transient @Nullable Received received;

    public Unavailable(String message, @Nullable Throwable cause) {
      this(message, cause, null, null);
    }

    public Unavailable(String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
      this(message, cause, retryAfter, null);
    }

    private Unavailable(
        String message,
        @Nullable Throwable cause,
        @Nullable Duration retryAfter,
        @Nullable Received received) {
      super(message, cause);
      this.retryAfter = retryAfter;
      this.received = received;
    }

    /// A body that ended or stalled before its last byte.
    public static Unavailable after(Received received, String message, @Nullable Throwable cause) {
      return new Unavailable(message, cause, null, received);
    }

    /// The time to wait before a retry, from the store's `Retry-After`.
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }

    /// The first bytes of the requested range, where some were received.
    public Optional<Received> received() {
      return Optional.ofNullable(received);
    }
  }

  /// The first bytes of a requested range, and the version that they belong to.
  public record Received(ObjectVersion version, ByteBuffer bytes) {}

  /// The request itself is refused: a bad name, a bad argument, an unsupported operation.
  public static final class Refused extends ObjectStoreException {
    public Refused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
