package io.lamella.converter.publish;

import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStore.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Tests whether a store puts an object only if there is none. Publishing depends on it, and a
/// store that ignores `If-None-Match: *` answers as if all were well.
public final class PutIfAbsentProbe {
  private static final int MAX_BYTES = 64;

  private PutIfAbsentProbe() {}

  /// @throws IOException where the store fails, or replaces an existing object
  public static void require(ObjectStore store) throws IOException {
    ObjectKey key = new ObjectKey(BlockLease.PREFIX + "probe-" + UUID.randomUUID());
    ByteBuffer first = bytes("first");
    try {
      PutOutcome stored = store.putIfAbsent(key, first.duplicate());
      PutOutcome again = store.putIfAbsent(key, bytes("again"));
      if (stored != PutOutcome.STORED
          || again != PutOutcome.ALREADY_THERE
          || !store.readAll(key, MAX_BYTES).equals(first)) {
        throw new IOException(
            "cannot publish to "
                + store.description()
                + ": it does not put an object only if absent (first put "
                + stored
                + ", second put "
                + again
                + ", expected STORED and ALREADY_THERE); use a store that supports If-None-Match: *");
      }
    } finally {
      store.delete(key);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
