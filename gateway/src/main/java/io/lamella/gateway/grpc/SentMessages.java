package io.lamella.gateway.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The messages of one response. They are sent no faster than the client takes them: gRPC itself
/// would keep them all in memory. Used by the thread of the call; told of the client by others.
final class SentMessages<T> {
  private final ServerCallStreamObserver<T> to;
  private final Duration maxStall;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// @param maxStall how long a client may take nothing
  SentMessages(ServerCallStreamObserver<T> to, Duration maxStall) {
    this.to = to;
    this.maxStall = maxStall;
  }

  /// The client takes more, or has left.
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Sends a message, when the client has taken most of those before it.
  ///
  /// @throws QueryException.Cancelled where the client has left, or the thread is interrupted
  /// @throws io.grpc.StatusRuntimeException where the client takes nothing for too long
  void send(T message) {
    lock.lock();
    try {
      long left = maxStall.toNanos();
      while (!to.isReady()) {
        if (to.isCancelled()) {
          throw new QueryException.Cancelled("client cancelled the call");
        }
        if (left <= 0) {
          throw Status.ABORTED
              .withDescription("client took nothing for " + maxStall.toSeconds() + " s")
              .asRuntimeException();
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryException.Cancelled("call was cancelled while its response was sent");
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new QueryException.Cancelled("call was cancelled while its response was sent");
    }
    to.onNext(message);
  }
}
