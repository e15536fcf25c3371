package io.lamella.gateway.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The stream of a call, as the transport has it: counts what is held of the request, and may be
/// reset, as it is where the request does not come in time. To end a call only queues its status
/// behind what the client has not taken yet, and that stays in memory for as long as the client
/// likes.
final class CallStream extends ServerStreamTracer {
  private static final Context.Key<CallStream> CURRENT = Context.key("stream");

  private final TransportMemory memory;
  private final Future<?> requestTimeout;
  private volatile Context.CancellableContext context = Context.ROOT.withCancellation();
  private long received;
  private long held;
  private boolean closed;

  private CallStream(TransportMemory memory, RequestTimeout timeout) {
    this.memory = memory;
    this.requestTimeout = timeout.start(() -> reset("request did not come in time"));
  }

  /// How long a client may take for its request, which a call waits for whatever its deadline is.
  ///
  /// @param timer shared by all calls
  record RequestTimeout(ScheduledExecutorService timer, Duration duration) {
    Future<?> start(Runnable over) {
      return timer.schedule(over, duration.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /// Makes a stream for each call of a server.
  static ServerStreamTracer.Factory factory(TransportMemory memory, RequestTimeout timeout) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new CallStream(memory, timeout);
      }
    };
  }

  /// That of the current call.
  static CallStream current() {
    return Objects.requireNonNull(CURRENT.get());
  }

  /// A server resets the stream of a context that is cancelled for lack of time; a call has no
  /// method for that.
  @Override
  public Context filterContext(Context parent) {
    context = parent.withCancellation();
    return context.withValue(CURRENT, this);
  }

  /// Ends the stream at once; what is queued, the status too, is dropped.
  void reset(String reason) {
    context.cancel(new TimeoutException(reason));
  }

  /// More of a message has arrived, which may never end.
  @Override
  public void inboundWireSize(long bytes) {
    received += bytes;
    if (!hold(received)) {
      reset("too many large requests at once");
    }
  }

  /// A message has arrived as a whole.
  @Override
  public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
    requestTimeout.cancel(false);
  }

  /// Counts so many bytes of the request until the stream ends; of several counts the largest is
  /// held.
  ///
  /// @return false where there are too many large requests
  synchronized boolean hold(long bytes) {
    long counted = TransportMemory.counted(bytes);
    if (closed || counted <= held) {
      return true;
    }
    long more = counted - held;
    if (!memory.addRequest(more)) {
      memory.addRequest(-more);
      return false;
    }
    held = counted;
    return true;
  }

  @Override
  public void streamClosed(Status status) {
    requestTimeout.cancel(false);
    synchronized (this) {
      closed = true;
      memory.addRequest(-held);
      held = 0;
    }
    context.cancel(null);
  }
}
