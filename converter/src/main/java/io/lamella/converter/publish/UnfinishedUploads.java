package io.lamella.converter.publish;

import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Removes files of killed runs from a bucket.
public final class UnfinishedUploads {
  private final ObjectStore store;

  public UnfinishedUploads(ObjectStore store) {
    this.store = store;
  }

  /// Removes the objects of blocks without a meta. Blocks with an object that is younger than
  /// `delay` are not removed, because another run may be uploading them.
  ///
  /// @param unfinished the listed blocks without a meta
  /// @return the number of objects that were removed
  public int remove(List<ListedBlock> unfinished, Duration delay, Instant now)
      throws ObjectStoreException {
    int removed = 0;
    for (ListedBlock b : unfinished) {
      if (b.objects().stream().allMatch(e -> e.lastModified().plus(delay).isBefore(now))) {
        for (ObjectEntry e : b.objects()) {
          store.delete(e.key());
          removed++;
        }
      }
    }
    return removed;
  }
}
