package io.lamella.storage.object;

import io.lamella.storage.object.ObjectStoreException.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A ranged read in several attempts: each continues where the one before broke off. What was
/// received pins the version of the object, also where the caller did not know its ETag.
final class ResumedRead {
  private final ByteRange range;
  private final List<ByteBuffer> parts = new ArrayList<>();
  private ObjectVersion object;
  private long received;

  ResumedRead(ObjectVersion object, ByteRange range) {
    this.object = object;
    this.range = range;
  }

  /// The version to read next from.
  ObjectVersion object() {
    return object;
  }

  /// The bytes that no attempt has received.
  ByteRange missing() {
    return new ByteRange(range.start() + received, range.end());
  }

  /// Adds what an attempt received before it failed.
  void add(Received more) {
    if (more.bytes().remaining() > range.length() - received) {
      throw new IllegalStateException(
          "a read of " + missing() + " received " + more.bytes().remaining() + " bytes");
    }
    if (more.bytes().hasRemaining()) {
      received += more.bytes().remaining();
      parts.add(more.bytes());
      object = more.version();
    }
  }

  /// True where all bytes were received: an attempt may be cut off after its last byte.
  boolean isComplete() {
    return received == range.length();
  }

  /// The whole range, ending in these bytes.
  ByteBuffer complete(ByteBuffer last) {
    if (parts.isEmpty()) {
      return last;
    }
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(received) + last.remaining());
    parts.forEach(p -> all.put(p.duplicate()));
    return all.put(last).flip();
  }
}
