package io.lamella.gateway.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lamella.gateway.metrics.GatewayMetrics;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of an API request: its parameters are read, the endpoint is called, the response or the
/// failure is written.
final class ApiHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
  private static final String JSON = "application/json";

  private final GatewayMetrics metrics;
  private final BooleanSupplier ready;
  private final Compression compression;
  private final ClientName clients;
  private final RequestBodies bodies = RequestBodies.ofHeap();

  /// @param ready false until the catalog was read once
  ApiHandler(
      GatewayMetrics metrics, BooleanSupplier ready, Compression compression, ClientName clients) {
    this.metrics = metrics;
    this.ready = ready;
    this.compression = compression;
    this.clients = clients;
  }

  /// An endpoint of the API. It hands the body of a success to the consumer, which sends it, or
  /// throws.
  @FunctionalInterface
  interface Endpoint {
    void handle(ApiParameters parameters, Consumer<ResponseBody> response);
  }

  /// @param name the route's pattern, for metrics
  Handler of(String name, Endpoint endpoint) {
    return x -> {
      long start = System.nanoTime();
      if (!ready.getAsBoolean()) {
        x.status(503).header("X-Prometheus-Stopping", "false").result("Service Unavailable");
        return;
      }
      try {
        handle(x, endpoint);
      } catch (UncheckedIOException e) {
        disconnect(x, e);
      } catch (RuntimeException | StackOverflowError e) {
        fail(x, name, e);
      } catch (Error e) {
        // Such as OutOfMemoryError, after which the process ends: no answer is made of it.
        connection(x.req()).close(e);
        throw e;
      } finally {
        metrics.request(name, x.statusCode(), (System.nanoTime() - start) / 1e9);
      }
    };
  }

  private void handle(Context x, Endpoint endpoint) {
    ClientConnection connection = connection(x.req());
    try (RequestBodies.Body body = bodies.open()) {
      ApiParameters parameters = parameters(x, connection, body);
      try (ClientConnection.RunningRequest running = connection.watch()) {
        endpoint.handle(
            parameters,
            response -> {
              // From now on, a client that has left is noticed by writing.
              running.unwatch();
              send(x, response);
            });
      }
    }
  }

  private static ClientConnection connection(HttpServletRequest request) {
    return ClientConnection.of(ServletContextRequest.getServletContextRequest(request));
  }

  private ApiParameters parameters(
      Context x, ClientConnection connection, RequestBodies.Body body) {
    FormText form = new FormText();
    HttpServletRequest request = x.req();
    if (x.method() == HandlerType.POST) {
      long length =
          request.getContentLengthLong() < 0 && request.getHeader("Transfer-Encoding") == null
              ? 0
              : request.getContentLengthLong();
      RequestBodies.check(
          new RequestBodies.BodyHead(
              request.getContentType(), request.getHeader("Content-Encoding"), length));
      connection.awaitBody();
      try {
        form.add(body.read(request.getInputStream()));
      } catch (IOException e) {
        throw new RequestRefused(400, "cannot read the request's body: " + e.getMessage());
      } finally {
        connection.bodyReceived();
      }
    }
    String query = request.getQueryString();
    if (query != null) {
      form.add(query);
    }
    return new ApiParameters(form::all, clients.of(x));
  }

  private void send(Context x, ResponseBody body) {
    x.contentType(JSON);
    compression.applyTo(x);
    try {
      ResponseStream out = new ResponseStream(x.outputStream());
      body.print(out);
      out.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A failure to write. The connection is closed, so that the client does not take what it has for
  /// the whole response.
  private static void disconnect(Context x, UncheckedIOException e) {
    LOG.debug("client disconnected path={} reason=\"{}\"", x.path(), e.getMessage());
    connection(x.req()).close(e.getCause());
  }

  private static void fail(Context x, String name, Throwable e) {
    ApiFailure failure = ApiFailure.of(e);
    if (failure.status() == 500) {
      LOG.error("request failed handler={} reason=\"{}\"", name, failure.message(), e);
    }
    if (x.res().isCommitted()) {
      // The status is already sent.
      connection(x.req()).close(e);
    } else {
      write(x, failure);
    }
  }

  static void write(Context x, ApiFailure failure) {
    failure.retryAfter().ifPresent(d -> x.header("Retry-After", Long.toString(d.toSeconds())));
    x.status(failure.status()).contentType(JSON).result(failure.json());
  }
}
