package io.lamella.gateway.cache;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.Random;

/// Pages for tests: the n-th page has its own key and bytes that follow from it.
public final class CachePages {
  private CachePages() {}

  public static PageKey key(int n) {
    return new PageKey(
        new FileVersion(
            new ObjectVersion(new ObjectKey("blocks/a/" + n / 100 + ".parquet"), 1L << 40, "e1"),
            "d1"),
        ByteRange.ofLength(n % 100 * 1_000_000L, length(n)));
  }

  public static int length(int n) {
    return 1000 + n % 7 * 500;
  }

  public static ByteBuffer bytes(int n) {
    byte[] out = new byte[length(n)];
    new Random(n).nextBytes(out);
    return ByteBuffer.wrap(out);
  }
}
