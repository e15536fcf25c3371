package io.lamella.gateway.read;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.object.ObjectKey;
import java.util.concurrent.Semaphore;

/// Bounds the memory in which metadata of shards is read and decoded: how much it takes is only
/// what the bucket says, and a few kilobytes may decompress to a gigabyte.
///
/// Large metadata waits for other large metadata. What is as small as usual never waits.
final class MetadataMemory {
  /// What takes less never waits.
  static final long SMALL_BYTES = 1 << 20;

  private static final int UNIT = 1024;

  private final long maxBytes;
  private final Semaphore units;

  /// Memory that is held until it is closed.
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /// @param maxBytes of all large metadata that is decoded at once
  MetadataMemory(long maxBytes) {
    this.maxBytes = maxBytes;
    this.units = new Semaphore(units(maxBytes), true);
  }

  /// A sixteenth of the heap, since decoded metadata takes about twice its bytes.
  static MetadataMemory ofThisProcess() {
    return new MetadataMemory(Runtime.getRuntime().maxMemory() / 16);
  }

  private static int units(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, UNIT));
  }

  /// Waits until there is as much memory.
  ///
  /// @throws CorruptBlockException where that can never be
  Held hold(long bytes, ObjectKey object) throws CorruptBlockException, InterruptedException {
    if (bytes > maxBytes) {
      throw new CorruptBlockException(
          "cannot read metadata: it takes "
              + bytes
              + " bytes, at most "
              + maxBytes
              + " with this heap [object="
              + object
              + "]; give the process more memory, or convert this block again");
    }
    if (bytes < SMALL_BYTES) {
      return () -> {};
    }
    int held = units(bytes);
    units.acquire(held);
    return () -> units.release(held);
  }
}
