package io.lamella.gateway.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The messages of one response. They are sent no faster than the client takes them: gRPC itself
/// would keep them all in memory. Used by the thread of the call; told of the client by others.
final class SentMessages<T extends MessageLite> {
  private static final int MAX_DESCRIPTION = 1000;

  private final ServerCallStreamObserver<T> to;
  private final CallStream stream;
  private final TransportMemory memory;
  private final Duration maxStall;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;
  private boolean stalled;

  /// Of the message that the client takes now.
  private int units;

  /// @param memory for messages that the client has not taken
  /// @param maxStall how long a client may take nothing
  SentMessages(
      ServerCallStreamObserver<T> to,
      CallStream stream,
      TransportMemory memory,
      Duration maxStall) {
    this.to = to;
    this.stream = stream;
    this.memory = memory;
    this.maxStall = maxStall;
  }

  /// The client takes more.
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The client has taken all, or has left.
  void closed() {
    lock.lock();
    try {
      closed = true;
      taken();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void taken() {
    memory.release(units);
    units = 0;
  }

  /// Sends a message, when the client has taken most of those before it.
  ///
  /// @throws QueryException.Cancelled where the client has left, or the thread is interrupted
  /// @throws StatusRuntimeException where the client takes nothing for too long, or messages of
  ///   other clients that do leave no memory
  void send(T message) {
    try {
      awaitReady();
      reserve(message.getSerializedSize());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw cancelled();
    }
    to.onNext(message);
  }

  private static QueryException.Cancelled cancelled() {
    return new QueryException.Cancelled("call was cancelled while its response was sent");
  }

  private void awaitReady() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = maxStall.toNanos();
      while (!to.isReady()) {
        if (to.isCancelled()) {
          throw new QueryException.Cancelled("client cancelled the call");
        }
        if (left <= 0) {
          stalled = true;
          throw Status.ABORTED.withDescription(stall()).asRuntimeException();
        }
        left = changed.awaitNanos(left);
      }
      taken();
    } finally {
      lock.unlock();
    }
  }

  private String stall() {
    return "client took nothing for " + maxStall.toSeconds() + " s";
  }

  private void reserve(long bytes) throws InterruptedException {
    int more = memory.units(bytes);
    if (!memory.allows(more)) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "response of " + bytes + " bytes is too large; ask for less, or set a limit")
          .asRuntimeException();
    }
    if (!memory.acquire(more, maxStall)) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("too many clients take their responses slowly; try again later")
          .asRuntimeException();
    }
    lock.lock();
    try {
      units = more;
      if (closed) {
        taken();
        throw new QueryException.Cancelled("client cancelled the call");
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the response, and waits until the client has taken it. Where it takes too long, the rest
  /// is dropped: it would be held until the client leaves.
  void end(Status status) {
    if (to.isCancelled()) {
      return;
    }
    if (status.isOk()) {
      to.onCompleted();
    } else {
      to.onError(shortened(status).asRuntimeException());
    }
    if (stalled || !awaitClosed()) {
      stream.reset(stall());
    }
  }

  /// A description is sent as a header, of which clients take about 8 KiB in all: with a longer one
  /// they would not see the status either.
  static Status shortened(Status status) {
    String text = String.valueOf(status.getDescription());
    return text.length() <= MAX_DESCRIPTION
        ? status
        : status.withDescription(text.substring(0, MAX_DESCRIPTION) + "…");
  }

  /// An interrupt is of the work, which has ended.
  private boolean awaitClosed() {
    long end = System.nanoTime() + maxStall.toNanos();
    lock.lock();
    try {
      while (!closed) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          changed.awaitNanos(left);
        } catch (InterruptedException e) {
          continue;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
