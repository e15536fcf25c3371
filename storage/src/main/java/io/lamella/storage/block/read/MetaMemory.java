package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.ObjectStoreException;
import java.util.Collection;

/// Counts the memory of the metas that a refresh keeps. A meta may be thousands of times larger
/// than a usual one, so their number says little. Thread-safe.
final class MetaMemory {
  private static final long MAX_BYTES = Runtime.getRuntime().maxMemory() / 4;

  private long bytes;

  /// @param kept metas of the refresh before
  MetaMemory(Collection<BlockMeta> kept) {
    this.bytes = kept.stream().mapToLong(BlockMeta::memoryBytes).sum();
  }

  /// Counts a meta.
  ///
  /// @throws ObjectStoreException where it takes too much beside those that are counted already
  synchronized void add(BlockMeta meta) throws ObjectStoreException {
    long more = meta.memoryBytes();
    if (bytes + more > MAX_BYTES) {
      throw new ObjectStoreException.TooLarge(
          "it takes "
              + more
              + " bytes of memory, and with other metas more than "
              + MAX_BYTES
              + ", a quarter of the heap; give the process more memory, or delete blocks");
    }
    bytes += more;
  }
}
