package io.lamella.gateway.read;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.object.ObjectKey;
import java.util.concurrent.Semaphore;

/// Bounds the memory in which metadata of shards is read and decoded: how much it takes is only
/// what the bucket says, and a few kilobytes may decompress to a gigabyte.
///
/// Large metadata waits for other large metadata. What is as small as usual never waits.
///
/// An object is held until it is decoded, and what it decompresses to has as much memory of its
/// own: of one memory, threads that hold objects and wait to decode them would wait for each other.
final class MetadataMemory {
  /// What takes less never waits.
  static final long SMALL_BYTES = 1 << 20;

  private static final int UNIT = 1024;

  private final long maxBytes;
  private final Semaphore stored;
  private final Semaphore decompressed;

  /// Memory that is held until it is closed.
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /// @param maxBytes of all large metadata that is read or decoded at once; as much again of what
  ///   it decompresses to
  MetadataMemory(long maxBytes) {
    this.maxBytes = maxBytes;
    this.stored = new Semaphore(units(maxBytes), true);
    this.decompressed = new Semaphore(units(maxBytes), true);
  }

  /// A sixteenth of the heap, since decoded metadata takes about twice its bytes.
  static MetadataMemory ofThisProcess() {
    return new MetadataMemory(Runtime.getRuntime().maxMemory() / 16);
  }

  private static int units(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, UNIT));
  }

  /// Waits until there is as much memory, for an object that is read and decoded.
  ///
  /// @throws CorruptBlockException where that can never be
  Held hold(long bytes, ObjectKey object) throws CorruptBlockException, InterruptedException {
    return hold(stored, bytes, object);
  }

  /// The same for what an object decompresses to, while the object is held.
  Held holdDecompressed(long bytes, ObjectKey object)
      throws CorruptBlockException, InterruptedException {
    return hold(decompressed, bytes, object);
  }

  private Held hold(Semaphore units, long bytes, ObjectKey object)
      throws CorruptBlockException, InterruptedException {
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
