package io.lamella.storage.block.read;

import io.lamella.model.Utf8Order;
import io.lamella.storage.block.Ulid;
import io.lamella.storage.object.ObjectKey;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.UncheckedObjectStoreException;

/// Checks that the listing of a bucket is ascending and ends, so that no store can make its readers
/// list for ever.
final class ListingCheck {
  private final Limits limits;
  private String before = "";
  private long objects;

  /// @param objects of the whole listing
  /// @param objectsOfBlock of one block
  record Limits(long objects, int objectsOfBlock) {
    /// 20,000 requests.
    static final Limits DEFAULT = new Limits(20_000_000, 100_000);
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

  /// @param count of objects of the block until now
  /// @throws UncheckedObjectStoreException where these are too many
  void objectsOf(Ulid block, int count) {
    if (count > limits.objectsOfBlock()) {
      fail("block " + block + " has more than " + limits.objectsOfBlock() + " objects");
    }
  }

  private static void fail(String what) {
    throw new UncheckedObjectStoreException(
        new ObjectStoreException.Unavailable("cannot list blocks: " + what, null));
  }
}
