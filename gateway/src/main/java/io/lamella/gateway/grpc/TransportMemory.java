package io.lamella.gateway.grpc;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The memory of all connections together, which is outside of the accounts of queries: requests
/// while they are received and until their calls end, and responses that clients have not taken
/// yet. The transport would take as much as clients like.
///
/// Small messages are not counted: they pass whatever large ones there are.
final class TransportMemory {
  private static final int SMALL_BYTES = 16 << 10;
  private static final int UNIT = 1 << 10;

  private final long maxRequestBytes;
  private final AtomicLong requestBytes = new AtomicLong();
  private final int maxResponseUnits;
  private final Semaphore responseUnits;

  /// @param maxRequestBytes of all large requests
  /// @param maxResponseBytes of all large responses; a larger message is not sent
  TransportMemory(long maxRequestBytes, long maxResponseBytes) {
    this.maxRequestBytes = maxRequestBytes;
    this.maxResponseUnits = Math.clamp(maxResponseBytes / UNIT, 1, Integer.MAX_VALUE);
    this.responseUnits = new Semaphore(maxResponseUnits, true);
  }

  /// For this process: shares of its direct memory, which the transport uses.
  static TransportMemory ofProcess() {
    long direct =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    long heap = Runtime.getRuntime().maxMemory();
    long max = direct > 0 ? Math.min(direct, heap) : heap;
    return new TransportMemory(max / 4, max / 8 * 3);
  }

  /// Bytes of large requests now.
  long requestBytes() {
    return requestBytes.get();
  }

  /// Bytes of large messages that clients have not taken.
  long responseBytes() {
    return (long) (maxResponseUnits - responseUnits.availablePermits()) * UNIT;
  }

  /// The counted part of so many bytes of one request.
  static long counted(long bytes) {
    return Math.max(0, bytes - SMALL_BYTES);
  }

  /// Counts more or, where negative, fewer bytes.
  ///
  /// @return false where there are too many
  boolean addRequest(long countedBytes) {
    return requestBytes.addAndGet(countedBytes) <= maxRequestBytes || countedBytes <= 0;
  }

  /// The units of a message.
  int units(long bytes) {
    return bytes <= SMALL_BYTES ? 0 : (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
  }

  /// Whether a message of so many units may be sent at all.
  boolean allows(int units) {
    return units <= maxResponseUnits;
  }

  /// Waits until a message of so many units may be sent.
  ///
  /// @return false where it may not in this time
  boolean acquire(int units, Duration wait) throws InterruptedException {
    return units == 0 || responseUnits.tryAcquire(units, wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  void release(int units) {
    responseUnits.release(units);
  }
}
