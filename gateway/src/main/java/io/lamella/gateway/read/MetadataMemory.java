package io.lamella.gateway.read;

import io.lamella.storage.block.CorruptBlockException;
import io.lamella.storage.block.read.ThriftReader;
import io.lamella.storage.object.ObjectKey;
import java.util.concurrent.Semaphore;

/// Bounds the memory in which metadata of shards is read and decoded: how much it takes is only
/// what the bucket says, and a few kilobytes may decompress to a gigabyte.
///
/// Large metadata waits for other large metadata. What is as small as usual never waits.
///
/// An object is held until it is decoded. What it decompresses to and what is decoded have memory
/// of their own: of one memory, threads that hold objects and wait to decode them would wait for
/// each other.
final class MetadataMemory {
  /// What takes less never waits.
  static final long SMALL_BYTES = 1 << 20;

  private static final int UNIT = 1024;

  private final long maxBytes;
  private final long maxDecoded;
  private final Semaphore stored;
  private final Semaphore decompressed;
  private final Semaphore decoded;

  /// Memory that is held until it is closed.
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /// @param maxBytes of all large metadata that is read at once; as much again of what it
  ///   decompresses to, and twice as much of what is decoded
  MetadataMemory(long maxBytes) {
    this.maxBytes = maxBytes;
    this.maxDecoded = 2 * maxBytes;
    this.stored = new Semaphore(units(maxBytes), true);
    this.decompressed = new Semaphore(units(maxBytes), true);
    this.decoded = new Semaphore(units(maxDecoded), true);
  }

  /// A sixteenth of the heap, so that all of it together takes at most a quarter.
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
    require(bytes, maxBytes, object);
    return hold(stored, bytes);
  }

  /// The same for what an object decompresses to, while the object is held.
  Held holdDecompressed(long bytes, ObjectKey object)
      throws CorruptBlockException, InterruptedException {
    require(bytes, maxBytes, object);
    return hold(decompressed, bytes);
  }

  /// The same for what is decoded from it, while both are held. A byte of page indexes takes up to
  /// [ThriftReader#MEMORY_PER_BYTE], but hardly ever does, so many of them only make others wait:
  /// their reader has a limit.
  ///
  /// @param runs bytes of the directory of runs
  /// @param indexes bytes of page indexes and footers as they are stored
  Held holdDecoded(long runs, long indexes, ObjectKey object)
      throws CorruptBlockException, InterruptedException {
    require(runs, maxDecoded, object);
    return hold(decoded, Math.min(maxDecoded, runs + ThriftReader.MEMORY_PER_BYTE * indexes));
  }

  private static void require(long bytes, long maxBytes, ObjectKey object)
      throws CorruptBlockException {
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
  }

  private static Held hold(Semaphore units, long bytes) throws InterruptedException {
    if (bytes < SMALL_BYTES) {
      return () -> {};
    }
    int held = units(bytes);
    units.acquire(held);
    return () -> units.release(held);
  }
}
