package io.lamella.gateway.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The connection of a client, which notices what Jetty does not: that the client leaves while its
/// request is carried out, and that it sends or takes bytes too slowly. [ConnectionWatch] asks.
///
/// While a request runs, Jetty does not read. Then this reads ahead, up to a bound, because only
/// reading shows that the client has closed its side; bytes of the next request are kept for Jetty.
/// As in Prometheus, a client that closes only its sending side counts as gone until its response
/// is being sent.
///
/// Under TLS, this is the connection below it: all bytes are encrypted ones.
final class ClientConnection extends SocketChannelEndPoint {
  private static final int MAX_AHEAD_BYTES = 8 << 10;
  private static final long SLOW_NANOS = Duration.ofMillis(200).toNanos();

  private final Executor executor;
  private final TransferRate received;
  private final TransferRate taken;
  private final long headNanos;
  private final Object reading = new Object();
  private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;
  private Optional<RunningRequest> running = Optional.empty();
  private boolean handling;
  private boolean headBegun;

  /// When the head of the current request began, or the last request ended.
  private long since = System.nanoTime();

  ClientConnection(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      ServerContext server,
      ClientLimits limits) {
    super(channel, selector, key, server.scheduler());
    this.executor = server.executor();
    this.received = new TransferRate(limits.minBytesPerSecond(), limits.slowAfter());
    this.taken = new TransferRate(limits.minBytesPerSecond(), limits.slowAfter());
    this.headNanos = limits.slowAfter().toNanos();
  }

  /// What a connection needs of its server.
  record ServerContext(Executor executor, Scheduler scheduler) {}

  static ClientConnection of(Request request) {
    return of(request.getConnectionMetaData().getConnection().getEndPoint());
  }

  /// The connection below TLS, where there is any.
  static ClientConnection of(EndPoint endPoint) {
    EndPoint out = endPoint;
    while (out instanceof EndPoint.Wrapper over) {
      out = over.unwrap();
    }
    return (ClientConnection) out;
  }

  /// A request whose thread is interrupted when the client leaves, until it is closed.
  final class RunningRequest implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private boolean interrupted;

    private RunningRequest() {}

    /// From now on, the thread is not interrupted any more.
    void unwatch() {
      synchronized (reading) {
        running = Optional.empty();
        if (interrupted) {
          interrupted = false;
          Thread.interrupted();
        }
      }
    }

    @Override
    public void close() {
      unwatch();
    }
  }

  /// Interrupts the current thread if the client leaves. To be called once the request is read
  /// completely.
  RunningRequest watch() {
    RunningRequest request = new RunningRequest();
    synchronized (reading) {
      running = Optional.of(request);
      if (!isOpen()) {
        interrupt(request);
      }
    }
    return request;
  }

  /// The bytes so far were a TLS handshake, and no head of a request.
  void handshakeEnded() {
    synchronized (reading) {
      headBegun = false;
      since = System.nanoTime();
    }
  }

  /// A request has been parsed up to its body.
  void requestBegan() {
    synchronized (reading) {
      handling = true;
      headBegun = false;
    }
  }

  void requestEnded() {
    synchronized (reading) {
      handling = false;
      since = System.nanoTime();
    }
  }

  /// The server waits for the request's body from now on.
  void awaitBody() {
    received.await(System.nanoTime());
  }

  void bodyReceived() {
    received.proceed(System.nanoTime());
  }

  @Override
  public int fill(ByteBuffer to) throws IOException {
    synchronized (reading) {
      int n = ahead.hasRemaining() ? BufferUtil.append(to, ahead) : super.fill(to);
      if (n > 0) {
        received.add(n);
        if (!handling && !headBegun) {
          headBegun = true;
          since = System.nanoTime();
        }
      }
      return n;
    }
  }

  @Override
  protected void needsFillInterest() {
    boolean isAhead;
    synchronized (reading) {
      isAhead = ahead.hasRemaining();
    }
    if (isAhead) {
      executor.execute(() -> getFillInterest().fillable());
    } else {
      super.needsFillInterest();
    }
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = BufferUtil.remaining(buffers);
    boolean all = super.flush(buffers);
    taken.add(before - BufferUtil.remaining(buffers));
    if (all) {
      taken.proceed(System.nanoTime());
    } else {
      taken.await(System.nanoTime());
    }
    return all;
  }

  /// Closes the connection in the middle of a response. An orderly end would say that the response
  /// is whole where it has no length and no chunks: to clients of HTTP/1.0, as proxies are, and to
  /// those that ask that the connection be closed.
  void reset(Throwable cause) {
    try {
      getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    close(cause);
  }

  /// Interrupts the running request if its client has left.
  ///
  /// @return true where it was interrupted
  boolean interruptIfLeft() {
    synchronized (reading) {
      if (running.isEmpty() || running.get().interrupted || !clientHasLeft()) {
        return false;
      }
      interrupt(running.get());
      return true;
    }
  }

  private static void interrupt(RunningRequest request) {
    request.interrupted = true;
    request.thread.interrupt();
  }

  /// Nobody asks a closed connection whether its client has left: its request ends now. One that
  /// begins later, of those sent in advance, ends in [#watch].
  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    synchronized (reading) {
      running.filter(r -> !r.interrupted).ifPresent(ClientConnection::interrupt);
    }
  }

  private boolean clientHasLeft() {
    if (ahead.remaining() == MAX_AHEAD_BYTES) {
      return false;
    }
    ByteBuffer more = ByteBuffer.allocate(MAX_AHEAD_BYTES);
    more.put(ahead.slice());
    try {
      int n = getChannel().read(more);
      if (n > 0) {
        ahead = more.flip();
      }
      return n < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /// True where the client has been too slow: with the head of a request, its body, or a response.
  boolean isTooSlow(long nanos) {
    synchronized (reading) {
      if (headBegun && !handling && nanos - since > headNanos) {
        return true;
      }
    }
    return received.isTooSlow(nanos) | taken.isTooSlow(nanos);
  }

  /// True while the client makes the server wait with a response, longer than one that takes what
  /// it can does.
  boolean isTakenSlowly() {
    return taken.waitingNanos(System.nanoTime()) > SLOW_NANOS;
  }

  /// True where the connection has had no request for so long.
  boolean isIdle(long nanos, long idleNanos) {
    synchronized (reading) {
      return !handling && !headBegun && nanos - since > idleNanos;
    }
  }
}
