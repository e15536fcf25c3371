package io.lamella.gateway.cache;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// One page in a segment file of the disk cache. Numbers are big-endian.
///
///     entry  = magic headerCrc keyBytes dataBytes dataCrc key data
///     magic  = 4 bytes, "LPG1"; "LPG0" once the page was invalidated
///     headerCrc = CRC32C of keyBytes, dataBytes, dataCrc and key     4 bytes
///     keyBytes, dataBytes = lengths                                  4 bytes each
///     dataCrc = CRC32C of data                                       4 bytes
///     key    = objectSize rangeStart rangeEnd (8 bytes each) etagBytes digestBytes (2 bytes each)
///              etag digest objectKey
///
/// The checksum does not cover the magic, so a page is invalidated by overwriting four bytes.
record DiskEntry(PageKey key, boolean live, int headBytes, int dataBytes, int dataCrc) {
  static final int LIVE = 0x4C504731;
  static final int DEAD = 0x4C504730;
  private static final int FIXED = 20;
  private static final int KEY_FIXED = 28;
  private static final int MAX_KEY_BYTES = 4000;

  /// Length of the largest header and key.
  static final int MAX_HEAD_BYTES = FIXED + MAX_KEY_BYTES;

  int length() {
    return headBytes + dataBytes;
  }

  /// The bytes of an entry, or empty where its key is too long.
  static Optional<ByteBuffer> encode(PageKey key, ByteBuffer data) {
    byte[] etag = key.object().etag().getBytes(StandardCharsets.UTF_8);
    byte[] digest = key.file().digest().getBytes(StandardCharsets.UTF_8);
    byte[] name = key.object().key().name().getBytes(StandardCharsets.UTF_8);
    int keyBytes = KEY_FIXED + etag.length + digest.length + name.length;
    if (keyBytes > MAX_KEY_BYTES) {
      return Optional.empty();
    }
    ByteBuffer out = ByteBuffer.allocate(FIXED + keyBytes + data.remaining());
    out.putInt(LIVE)
        .putInt(0)
        .putInt(keyBytes)
        .putInt(data.remaining())
        .putInt(crc(data.duplicate()));
    out.putLong(key.object().size()).putLong(key.range().start()).putLong(key.range().end());
    out.putShort((short) etag.length).putShort((short) digest.length);
    out.put(etag).put(digest).put(name);
    out.putInt(4, crc(out.duplicate().flip().position(8)));
    return Optional.of(out.put(data.duplicate()).flip());
  }

  /// Reads header and key at the buffer's position, which does not move; empty where there is no
  /// valid header.
  static Optional<DiskEntry> decode(ByteBuffer from) {
    ByteBuffer in = from.slice();
    if (in.remaining() < FIXED + KEY_FIXED) {
      return Optional.empty();
    }
    int magic = in.getInt();
    int headerCrc = in.getInt();
    int keyBytes = in.getInt();
    int dataBytes = in.getInt();
    int dataCrc = in.getInt();
    if (magic != LIVE && magic != DEAD
        || keyBytes < KEY_FIXED
        || keyBytes > MAX_KEY_BYTES
        || dataBytes < 0
        || in.remaining() < keyBytes
        || crc(in.duplicate().position(8).limit(FIXED + keyBytes)) != headerCrc) {
      return Optional.empty();
    }
    long size = in.getLong();
    long start = in.getLong();
    long end = in.getLong();
    int etagBytes = Short.toUnsignedInt(in.getShort());
    int digestBytes = Short.toUnsignedInt(in.getShort());
    int nameBytes = keyBytes - KEY_FIXED - etagBytes - digestBytes;
    if (nameBytes < 0) {
      return Optional.empty();
    }
    try {
      String etag = text(in, etagBytes);
      String digest = text(in, digestBytes);
      ObjectKey name = new ObjectKey(text(in, nameBytes));
      PageKey key =
          new PageKey(
              new FileVersion(new ObjectVersion(name, size, etag), digest),
              new ByteRange(start, end));
      return Optional.of(new DiskEntry(key, magic == LIVE, FIXED + keyBytes, dataBytes, dataCrc));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The data of a whole entry, or empty where it is not the live entry of this key or its checksum
  /// does not match.
  static Optional<ByteBuffer> data(ByteBuffer entry, PageKey expected) {
    return decode(entry)
        .filter(e -> e.live() && e.length() == entry.remaining() && e.key().equals(expected))
        .flatMap(e -> {
          ByteBuffer data = entry.slice(entry.position() + e.headBytes(), e.dataBytes());
          return crc(data.duplicate()) == e.dataCrc() ? Optional.of(data) : Optional.empty();
        });
  }

  private static String text(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
