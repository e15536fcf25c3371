package io.lamella.storage.block.read;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.BlockNames;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import io.lamella.storage.object.UncheckedObjectStoreException;

/// Checks that the listing of a bucket is ascending and ends, so that no store can make its readers
/// list for ever; and that what they keep of it fits in memory.
final class ListingCheck {
  /// Of an entry in memory, beside its name and its ETag.
  private static final int ENTRY_BYTES = 250;

  /// Of a meta that is read: a waiting thread, and then the meta.
  private static final int META_BYTES = 2048;

  private final Limits limits;
  private String before = "";
  private long objects;
  private long bytes;

  /// @param objects of the whole listing
  /// @param objectsOfBlock of one block
  /// @param bytes of memory for all objects that belong to blocks
  record Limits(long objects, int objectsOfBlock, long bytes) {
    /// 20,000 requests; a quarter of the heap.
    static final Limits DEFAULT =
        new Limits(20_000_000, 100_000, Runtime.getRuntime().maxMemory() / 4);
  }

  ListingCheck(Limits limits) {
    this.limits = limits;
  }

  /// @throws UncheckedObjectStoreException where the key is not after the one before, or one too
  ///   many
  void next(ObjectKey key) {
    if (Utf8Order.COMPARATOR.compare(before, key.name()) >= 0) {
      fail("object " + key + " follows " + before);
    }
    if (++objects > limits.objects()) {
      fail("more than " + limits.objects() + " objects");
    }
    before = key.name();
  }

  /// Counts an object that is kept.
  ///
  /// @param count of objects of the block until now
  /// @throws UncheckedObjectStoreException where these are too many, or take too much memory
  void objectOf(Ulid block, ObjectVersion object, int count) {
    if (count > limits.objectsOfBlock()) {
      fail("block " + block + " has more than " + limits.objectsOfBlock() + " objects");
    }
    bytes += ENTRY_BYTES + object.key().name().length() + object.etag().length();
    if (object.key().equals(BlockNames.meta(block))) {
      bytes += META_BYTES;
    }
    if (bytes > limits.bytes()) {
      fail(
          objects
              + " objects up to "
              + object.key()
              + " take more than "
              + limits.bytes()
              + " bytes of memory, a quarter of the heap; give the process more memory, or delete"
              + " objects that belong to no published block");
    }
  }

  private static void fail(String what) {
    throw new UncheckedObjectStoreException(
        new ObjectStoreException.Unavailable("cannot list blocks: " + what, null));
  }
}
