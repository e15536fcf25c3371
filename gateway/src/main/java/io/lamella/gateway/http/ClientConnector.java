package io.lamella.gateway.http;

import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;

/// Accepts connections, a bounded number at once, as [ClientConnection]s, with TLS or without.
final class ClientConnector extends ServerConnector {
  /// The request line with its headers. Longer queries are to be sent as a form.
  private static final int MAX_HEAD_BYTES = 32 << 10;

  /// What a slow reader may leave in the kernel, and what a piece of a large response is sent in.
  private static final int SEND_BUFFER_BYTES = 512 << 10;

  private final ClientLimits limits;

  /// @param tls empty for plain text
  ClientConnector(
      Server server,
      HttpConfiguration http,
      HttpAddress address,
      ClientLimits limits,
      Optional<ConfiguredTls> tls) {
    super(server, 1, 1, protocols(new HttpConnectionFactory(configured(http)), tls));
    this.limits = limits;
    setHost(address.host());
    setPort(address.port());
    setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    setIdleTimeout(limits.readTimeout().toMillis());
    addBean(new NetworkConnectionLimit(limits.maxConnections(), this));
    addBean(
        new SslHandshakeListener() {
          @Override
          public void handshakeSucceeded(Event event) {
            ClientConnection.of(event.getEndPoint()).handshakeEnded();
          }
        });
  }

  private static ConnectionFactory[] protocols(
      HttpConnectionFactory http, Optional<ConfiguredTls> tls) {
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {http};
    }
    SslConnectionFactory out = new SslConnectionFactory(tls.get(), http.getProtocol());
    // It would refuse the host names of proxies: as in Go, only the client checks names.
    out.setEnsureSecureRequestCustomizer(false);
    return new ConnectionFactory[] {out, http};
  }

  /// @param port 0 for any free one
  record HttpAddress(String host, int port) {}

  private static HttpConfiguration configured(HttpConfiguration http) {
    http.setRequestHeaderSize(MAX_HEAD_BYTES);
    http.setSendServerVersion(false);
    http.addCustomizer((request, headers) -> {
      ClientConnection connection = ClientConnection.of(request);
      connection.requestBegan();
      Request.addCompletionListener(request, failure -> connection.requestEnded());
      return request;
    });
    return http;
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    SocketChannelEndPoint out =
        new ClientConnection(
            channel,
            selector,
            key,
            new ClientConnection.ServerContext(getExecutor(), getScheduler()),
            limits);
    out.setIdleTimeout(getIdleTimeout());
    return out;
  }
}
