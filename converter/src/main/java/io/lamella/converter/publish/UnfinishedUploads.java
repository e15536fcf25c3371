package io.lamella.converter.publish;

import io.lamella.storage.block.read.ListedBlock;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Removes the files that killed runs left in a bucket.
public final class UnfinishedUploads {
  private final ObjectStore store;

  public UnfinishedUploads(ObjectStore store) {
    this.store = store;
  }

  /// Removes the objects of blocks without a meta. A block of which an object is younger than
  /// `delay` stays: another run may be uploading it.
  ///
  /// @param unfinished blocks without a meta, as they are listed
  /// @return how many objects were removed
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
