package io.lamella.storage.block;

import java.nio.ByteBuffer;
import java.util.Locale;

/// A block's identifier: 48 bits of milliseconds and 80 bits of randomness, as 26 Crockford base32
/// characters that sort by time. Source: the ULID specification, as Prometheus uses it.
public record Ulid(long high, long low) implements Comparable<Ulid> {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  /// The identifier of these 48 bits of time and the first 80 bits of `entropy`.
  ///
  /// @param entropy at least 10 bytes
  public static Ulid of(long timeMillis, byte[] entropy) {
    if (timeMillis < 0 || timeMillis >= 1L << 48) {
      throw new IllegalArgumentException(
          "cannot make a ULID of time " + timeMillis + ": outside 48 bits");
    }
    ByteBuffer b = ByteBuffer.wrap(entropy);
    return new Ulid(timeMillis << 16 | b.getShort() & 0xffffL, b.getLong());
  }

  /// True for 26 characters of upper-case Crockford base32 within 128 bits.
  public static boolean isUlid(String s) {
    if (s.length() != 26 || s.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < 26; i++) {
      if (ALPHABET.indexOf(s.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// @throws IllegalArgumentException where [#isUlid] is false
  public static Ulid parse(String s) {
    if (!isUlid(s)) {
      throw new IllegalArgumentException(
          "cannot parse ULID \"" + s + "\": expected 26 characters of Crockford base32");
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < 26; i++) {
      high = high << 5 | low >>> 59;
      low = low << 5 | ALPHABET.indexOf(s.charAt(i));
    }
    return new Ulid(high, low);
  }

  /// Milliseconds since the epoch.
  public long timeMillis() {
    return high >>> 16;
  }

  @Override
  public int compareTo(Ulid other) {
    int c = Long.compareUnsigned(high, other.high);
    return c != 0 ? c : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    char[] out = new char[26];
    long h = high;
    long l = low;
    for (int i = 25; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) (l & 31));
      l = l >>> 5 | h << 59;
      h >>>= 5;
    }
    return new String(out).toUpperCase(Locale.ROOT);
  }
}
