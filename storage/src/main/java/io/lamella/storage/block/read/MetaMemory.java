package io.lamella.storage.block.read;

import io.lamella.storage.block.BlockMeta;
import io.lamella.storage.object.ObjectStoreException;
import java.util.Collection;

/// Bounds the memory of the metas that buckets keep, all those that share this together. A meta may
/// be thousands of times larger than a usual one, so their number says little. Thread-safe.
public final class MetaMemory {
  private final long maxBytes;
  private long bytes;

  /// @param maxBytes of all metas that are kept
  MetaMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// A quarter of the heap.
  public static MetaMemory ofHeap() {
    return new MetaMemory(Runtime.getRuntime().maxMemory() / 4);
  }

  /// The share of one bucket; it keeps nothing yet.
  Share share() {
    return new Share();
  }

  private synchronized void add(long more) throws ObjectStoreException {
    if (bytes + more > maxBytes) {
      throw new ObjectStoreException.TooLarge(
          "it takes "
              + more
              + " bytes of memory, and with other metas more than "
              + maxBytes
              + ", a quarter of the heap; give the process more memory, or delete blocks");
    }
    bytes += more;
  }

  private synchronized void change(long by) {
    bytes += by;
  }

  /// What one bucket keeps.
  final class Share {
    private long own;

    private Share() {}

    /// Begins to count with these metas, and forgets what was counted before.
    synchronized void begin(Collection<BlockMeta> kept) {
      long now = kept.stream().mapToLong(BlockMeta::memoryBytes).sum();
      change(now - own);
      own = now;
    }

    /// Counts a meta.
    ///
    /// @throws ObjectStoreException where it takes too much beside those that are counted already
    synchronized void add(BlockMeta meta) throws ObjectStoreException {
      long more = meta.memoryBytes();
      MetaMemory.this.add(more);
      own += more;
    }
  }
}
