package io.lamella.gateway.fetch;

import io.lamella.storage.object.ByteRange;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// A store whose ranged reads wait until the test releases them, one permit a read.
public final class HeldObjectStore extends ForwardingObjectStore {
  private final Semaphore permits = new Semaphore(0);
  private final AtomicInteger interrupted = new AtomicInteger();
  private final List<ByteRange> reads = new ArrayList<>();

  public HeldObjectStore(ObjectStore store) {
    super(store);
  }

  public void release(int count) {
    permits.release(count);
  }

  public synchronized List<ByteRange> reads() {
    return List.copyOf(reads);
  }

  public int interrupted() {
    return interrupted.get();
  }

  /// Waits until a condition becomes true that other threads change.
  public static void awaitCondition(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the condition did not become true in time");
      }
      Thread.yield();
    }
  }

  @Override
  public ByteBuffer read(ObjectVersion object, ByteRange range) throws ObjectStoreException {
    synchronized (this) {
      reads.add(range);
    }
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
      Thread.currentThread().interrupt();
      throw new ObjectStoreException.Unavailable("interrupted", e);
    }
    return store().read(object, range);
  }
}
