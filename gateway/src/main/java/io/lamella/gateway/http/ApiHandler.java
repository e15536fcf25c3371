package io.lamella.gateway.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lamella.gateway.metrics.QueryFailure;
import io.lamella.gateway.process.OutOfMemory;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.request.ClientAddress;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.TenantRefused;
import io.lamella.gateway.tenant.Tenants;
import io.lamella.gateway.tenant.Tenants.Tenant;
import io.lamella.gateway.trace.CurrentSpan;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of an API request: its parameters are read, the endpoint is called, the response or the
/// failure is written.
final class ApiHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
  private static final String JSON = "application/json";

  private final Telemetry telemetry;
  private final Tenants tenants;
  private final Compression compression;

  /// The header that names the client.
  private final Optional<String> clientHeader;

  private final String prefix;

  private final RequestBodies bodies = RequestBodies.ofHeap();

  /// @param prefix of paths as clients of this server send them, which handlers do not see
  ApiHandler(
      Telemetry telemetry,
      Tenants tenants,
      Compression compression,
      Optional<String> clientHeader,
      String prefix) {
    this.prefix = prefix;
    this.telemetry = telemetry;
    this.tenants = tenants;
    this.compression = compression;
    this.clientHeader = clientHeader;
  }

  /// An endpoint of the API. It hands the body of a success to the consumer, which sends it, or
  /// throws.
  @FunctionalInterface
  interface Endpoint {
    void handle(
        Tenant tenant,
        ApiParameters parameters,
        ObservedRequest request,
        Consumer<ResponseBody> response);
  }

  /// An endpoint whose requests have a body of its own kind.
  @FunctionalInterface
  interface BodyEndpoint {
    void handle(
        SentBody body, Tenant tenant, ObservedRequest request, Consumer<ResponseBody> response);
  }

  /// The body of a request.
  ///
  /// @param memory that it has, until the request ends
  /// @param client who sent it
  record SentBody(byte[] bytes, RequestBodies.Body memory, String client) {}

  /// What clients are told of failures in.
  private enum Failures {
    JSON,
    TEXT
  }

  /// @param name the route's pattern, for metrics
  Handler of(String name, Endpoint endpoint) {
    return of(name, Failures.JSON, endpoint);
  }

  /// An endpoint whose failures are plain text.
  ///
  /// @param name the route's pattern, for metrics
  Handler ofText(String name, Endpoint endpoint) {
    return of(name, Failures.TEXT, endpoint);
  }

  private Handler of(String name, Failures failures, Endpoint endpoint) {
    return handler(
        name,
        failures,
        (x, tenant, request) -> {
          ClientConnection connection = connection(x.req());
          try (RequestBodies.Body body = bodies.open()) {
            ApiParameters parameters = parameters(x, connection, body);
            watched(x, request, connection, to -> endpoint.handle(tenant, parameters, request, to));
          }
        });
  }

  /// @param name the route's pattern, for metrics
  Handler ofSnappyProto(String name, BodyEndpoint endpoint) {
    return handler(
        name,
        Failures.TEXT,
        (x, tenant, request) -> {
          ClientConnection connection = connection(x.req());
          try (RequestBodies.Body body = bodies.open()) {
            SentBody sent =
                new SentBody(
                    readBody(x, connection, body, RequestBodies.Kind.SNAPPY_PROTOBUF),
                    body,
                    client(x));
            watched(x, request, connection, to -> endpoint.handle(sent, tenant, request, to));
          }
        });
  }

  /// An endpoint whose requests are documents.
  @FunctionalInterface
  interface DocumentEndpoint {
    void handle(
        SentBody body,
        Tenant tenant,
        ApiParameters parameters,
        ObservedRequest request,
        Consumer<ResponseBody> response);
  }

  /// @param name the route's pattern, for metrics
  Handler ofDocument(String name, DocumentEndpoint endpoint) {
    return handler(
        name,
        Failures.JSON,
        (x, tenant, request) -> {
          ClientConnection connection = connection(x.req());
          try (RequestBodies.Body body = bodies.open()) {
            SentBody sent =
                new SentBody(
                    readBody(x, connection, body, RequestBodies.Kind.JSON_OR_YAML),
                    body,
                    client(x));
            ApiParameters parameters = parameters(x, new FormText());
            watched(
                x,
                request,
                connection,
                to -> endpoint.handle(sent, tenant, parameters, request, to));
          }
        });
  }

  /// What is done for a request.
  @FunctionalInterface
  private interface Work {
    void run(Context x, Tenant tenant, ObservedRequest request);
  }

  private Handler handler(String name, Failures failures, Work work) {
    return x -> {
      Readiness readiness = telemetry.readiness();
      if (!readiness.isLoaded() || readiness.isDraining()) {
        refuse(x, readiness);
        return;
      }
      long start = System.nanoTime();
      try {
        handle(x, tenants.of(header -> values(x, header)), new Route(name, failures, work));
      } catch (TenantRefused e) {
        ApiFailure failure = ApiFailure.of(e);
        head(x, failure);
        x.result(text(x, failures, failure));
      } finally {
        telemetry.metrics().request(name, x.statusCode(), (System.nanoTime() - start) / 1e9);
      }
    };
  }

  /// How requests of a path are answered.
  private record Route(String name, Failures failures, Work work) {}

  private static List<String> values(Context x, String header) {
    return Collections.list(x.req().getHeaders(header));
  }

  private void handle(Context x, Tenant tenant, Route route) {
    try (ObservedRequest request =
        ObservedRequest.begin(telemetry, head(route.name(), x, tenant))) {
      CurrentSpan.in(
          request.span(),
          () -> {
            respond(x, tenant, request, route);
            return x.statusCode();
          });
    }
  }

  private ObservedRequest.Head head(String name, Context x, Tenant tenant) {
    return new ObservedRequest.Head(
        x.method() + " " + name,
        new ActiveQuery.Origin(x.ip(), x.method().name(), prefix + x.path(), tenant.name()),
        header -> Optional.ofNullable(x.header(header)));
  }

  /// What the client is told of a failure.
  private static ApiFailure failure(ObservedRequest request, Throwable e) {
    ApiFailure failure =
        request
            .killed()
            .map(by ->
                switch (by) {
                  case ADMINISTRATOR -> new ApiFailure(499, "canceled", by.text());
                  case STOP -> new ApiFailure(503, "unavailable", by.text());
                })
            .orElseGet(() -> ApiFailure.of(e));
    request.failed(
        e instanceof RequestRefused ? QueryFailure.BAD_QUERY : request.reason(e),
        failure.message());
    return failure;
  }

  private static void refuse(Context x, Readiness readiness) {
    x.status(503)
        .header("X-Prometheus-Stopping", Boolean.toString(readiness.isDraining()))
        .result("Service Unavailable");
    if (readiness.isDraining()) {
      x.header("Connection", "close");
    }
  }

  private void respond(Context x, Tenant tenant, ObservedRequest request, Route route) {
    try {
      route.work().run(x, tenant, request);
    } catch (UncheckedIOException e) {
      request.disconnected();
      disconnect(x, e);
    } catch (RuntimeException | StackOverflowError e) {
      OutOfMemory.endProcessIfCause(e);
      fail(x, route, e, failure(request, e));
    } catch (Error e) {
      OutOfMemory.endProcessIfCause(e);
      // After it nothing is certain: no answer is made of it.
      failure(request, e);
      connection(x.req()).reset(e);
      throw e;
    }
  }

  /// Carries out a request while its client is watched, and sends the response.
  private void watched(
      Context x,
      ObservedRequest request,
      ClientConnection connection,
      Consumer<Consumer<ResponseBody>> work) {
    try (ClientConnection.RunningRequest running = connection.watch()) {
      work.accept(response -> {
        // From now on, a client that has left is noticed by writing.
        running.unwatch();
        request.active().sends(connection::isTakenSlowly);
        CurrentSpan.in(
            CurrentSpan.get().child("write"),
            () -> {
              send(x, response);
              return true;
            });
      });
    }
  }

  private static ClientConnection connection(HttpServletRequest request) {
    return ClientConnection.of(ServletContextRequest.getServletContextRequest(request));
  }

  private ApiParameters parameters(
      Context x, ClientConnection connection, RequestBodies.Body body) {
    FormText form = new FormText();
    if (x.method() == HandlerType.POST) {
      form.add(
          new String(
              readBody(x, connection, body, RequestBodies.Kind.FORM), StandardCharsets.UTF_8));
    }
    return parameters(x, form);
  }

  /// @param form that the parameters in the path are added to
  private ApiParameters parameters(Context x, FormText form) {
    String query = x.req().getQueryString();
    if (query != null) {
      form.add(query);
    }
    return new ApiParameters(form::all, client(x));
  }

  private static byte[] readBody(
      Context x, ClientConnection connection, RequestBodies.Body body, RequestBodies.Kind kind) {
    HttpServletRequest request = x.req();
    long length =
        request.getContentLengthLong() < 0 && request.getHeader("Transfer-Encoding") == null
            ? 0
            : request.getContentLengthLong();
    RequestBodies.check(
        new RequestBodies.BodyHead(
            request.getContentType(), request.getHeader("Content-Encoding"), length),
        kind);
    connection.awaitBody();
    try {
      return body.read(request.getInputStream(), kind);
    } catch (IOException e) {
      throw new RequestRefused(400, "cannot read the request's body: " + e.getMessage());
    } finally {
      connection.bodyReceived();
    }
  }

  private String client(Context x) {
    return ClientAddress.name(clientHeader.map(x::header), x.req().getRemoteAddr());
  }

  private void send(Context x, ResponseBody body) {
    x.status(body.status()).contentType(body.form().contentType());
    try (Compression.EncodedResponse encoded = compression.open(x, body.form())) {
      ResponseStream out = new ResponseStream(encoded.output());
      body.print(out);
      out.finish();
      end(x);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A failure to write. The connection is reset, so that the client does not take what it has for
  /// the whole response.
  private static void disconnect(Context x, UncheckedIOException e) {
    LOG.debug("client disconnected path={} reason=\"{}\"", x.path(), e.getMessage());
    connection(x.req()).reset(e);
  }

  private static void fail(Context x, Route route, Throwable e, ApiFailure failure) {
    if (failure.status() == 500) {
      LOG.error("request failed handler={} reason=\"{}\"", route.name(), failure.message(), e);
    }
    if (x.res().isCommitted()) {
      // The status is already sent.
      connection(x.req()).reset(e);
      return;
    }
    // Who interrupted the query is done with it; the failure is still to be written.
    Thread.interrupted();
    // What was encoded so far is not sent.
    x.res().setHeader("Content-Encoding", null);
    head(x, failure);
    String text = text(x, route.failures(), failure);
    try {
      x.outputStream().write(text.getBytes(StandardCharsets.UTF_8));
      x.outputStream().close();
      end(x);
    } catch (IOException io) {
      disconnect(x, new UncheckedIOException(io));
    }
  }

  private static String text(Context x, Failures failures, ApiFailure failure) {
    return switch (failures) {
      case JSON -> failure.json();
      case TEXT -> {
        x.contentType("text/plain; charset=utf-8");
        yield failure.message() + "\n";
      }
    };
  }

  /// Waits until the last byte is written. The request is active until then.
  private static void end(Context x) throws IOException {
    x.res().getOutputStream().close();
  }

  private static void head(Context x, ApiFailure failure) {
    failure.retryAfter().ifPresent(d -> x.header("Retry-After", Long.toString(d.toSeconds())));
    x.status(failure.status()).contentType(JSON);
  }

  static void write(Context x, ApiFailure failure) {
    head(x, failure);
    x.result(failure.json());
  }
}
