package io.lamella.storage.block.verify;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The bytes of one object with the digest of all of them. A small object is kept in memory, so it
/// is read once; a large one is read again, through [ReadWindow]s.
final class ObjectBytes {
  private static final int PART = 8 << 20;
  private static final int KEPT = 32 << 20;

  private final ObjectStore store;
  private final ObjectVersion version;
  private final byte[] whole;
  private final String sha256;

  private ObjectBytes(ObjectStore store, ObjectVersion version, byte[] whole, String sha256) {
    this.store = store;
    this.version = version;
    this.whole = whole;
    this.sha256 = sha256;
  }

  static ObjectBytes digest(ObjectStore store, ObjectVersion version) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] whole = new byte[version.size() <= KEPT ? (int) version.size() : 0];
      for (long at = 0; at < version.size(); at += PART) {
        ByteBuffer part =
            store.read(version, new ByteRange(at, Math.min(version.size(), at + PART)));
        digest.update(part.duplicate());
        if (whole.length > 0) {
          part.get(whole, (int) at, part.remaining());
        }
      }
      return new ObjectBytes(store, version, whole, HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String name() {
    return version.key().name();
  }

  String sha256() {
    return sha256;
  }

  /// A copy of the bytes of a range.
  byte[] array(ByteRange range) throws IOException {
    ByteBuffer from = read(range);
    byte[] out = new byte[from.remaining()];
    from.get(out);
    return out;
  }

  private ByteBuffer read(ByteRange range) throws IOException {
    if (whole.length > 0) {
      return ByteBuffer.wrap(whole, (int) range.start(), (int) range.length()).slice();
    }
    return store.read(version, range);
  }

  /// Reads ascending ranges, several of them with each request.
  ///
  /// @param end the end of the last range
  ReadWindow window(long end, int aheadBytes) {
    return new ReadWindow(end, aheadBytes);
  }

  /// A part of the object in memory.
  final class ReadWindow {
    private final long end;
    private final int aheadBytes;
    private long from;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    private ReadWindow(long end, int aheadBytes) {
      this.end = end;
      this.aheadBytes = aheadBytes;
    }

    /// The bytes of a range; a view that is valid until the next call.
    ByteBuffer read(ByteRange range) throws IOException {
      if (whole.length > 0) {
        return ObjectBytes.this.read(range);
      }
      if (range.start() < from || range.end() > from + bytes.limit()) {
        long stop = Math.max(range.end(), Math.min(end, range.start() + aheadBytes));
        bytes = store.read(version, new ByteRange(range.start(), stop));
        from = range.start();
      }
      return bytes.slice((int) (range.start() - from), (int) range.length());
    }
  }
}
