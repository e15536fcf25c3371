package io.lamella.gateway.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lamella.gateway.process.OutOfMemory;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.trace.CurrentSpan;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server; each request runs on a virtual thread of its own.
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final String JSON = "application/json";

  /// How long clients that are cut off have to receive the error.
  private static final Duration TIME_TO_REPORT_FAILURES = Duration.ofSeconds(2);

  private static final long MAX_BODY_BYTES = 10 << 20;

  private final Javalin javalin;
  private final PrometheusApi api;
  private final Telemetry telemetry;
  private final BuildInfo build;
  private final Compression compression;

  /// Where and how to serve.
  ///
  /// @param port 0 for any free one
  public record HttpOptions(String host, int port, Compression compression) {
    /// A free port on the loopback interface.
    public static final HttpOptions LOCAL = new HttpOptions("127.0.0.1", 0, Compression.AUTO);
  }

  /// The content of `status/buildinfo`.
  public record BuildInfo(String version, String revision) {}

  private ApiServer(
      QueryService queries, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    this.api = new PrometheusApi(queries, InstantSource.system());
    this.telemetry = telemetry;
    this.build = build;
    this.compression = options.compression();
    this.javalin =
        Javalin.create(c -> {
          c.concurrency.useVirtualThreads = true;
          c.startup.showJavalinBanner = false;
          c.jetty.host = options.host();
          c.jetty.port = options.port();
          c.http.maxRequestSize = MAX_BODY_BYTES;
          c.http.compressionStrategy = Compression.strategy();
          c.routes.get("/-/healthy", x -> x.result("Lamella is Healthy.\n"));
          c.routes.get("/-/ready", this::readiness);
          c.routes.get("/metrics", this::exposition);
          getAndPost(c.routes, "/api/v1/query", api::query);
          getAndPost(c.routes, "/api/v1/query_range", api::queryRange);
          getAndPost(c.routes, "/api/v1/format_query", api::formatQuery);
          getAndPost(c.routes, "/api/v1/parse_query", api::parseQuery);
          getAndPost(c.routes, "/api/v1/series", api::series);
          getAndPost(c.routes, "/api/v1/labels", api::labels);
          c.routes.get(
              "/api/v1/label/{name}/values",
              handler(
                  "/api/v1/label/:name/values",
                  (x, request) -> api.labelValues(x.pathParam("name"), parameters(x), request)));
          c.routes.get(
              "/api/v1/status/buildinfo",
              handler("/api/v1/status/buildinfo", (_, _) -> buildInfo()));
          c.routes.options("/*", x -> x.status(204));
          // Before the handler, because a large response is already sent when its handler ends.
          c.routes.before(ApiServer::crossOrigin);
        });
  }

  /// Starts a server.
  public static ApiServer start(
      QueryService queries, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    ApiServer server = new ApiServer(queries, telemetry, build, options);
    server.javalin.start();
    return server;
  }

  public int port() {
    return javalin.port();
  }

  /// Open connections of clients.
  public int connections() {
    int out = 0;
    for (Connector c : javalin.jettyServer().server().getConnectors()) {
      out += c.getConnectedEndPoints().size();
    }
    return out;
  }

  private void getAndPost(
      io.javalin.config.RoutesConfig routes,
      String path,
      BiFunction<ApiParameters, ObservedRequest, ResponseBody> endpoint) {
    Handler handler = handler(path, (x, request) -> endpoint.apply(parameters(x), request));
    routes.get(path, handler);
    routes.post(path, handler);
  }

  private Handler handler(
      String name, BiFunction<Context, ObservedRequest, ResponseBody> endpoint) {
    return x -> {
      Readiness readiness = telemetry.readiness();
      if (!readiness.isLoaded() || readiness.isDraining()) {
        x.status(503)
            .header("X-Prometheus-Stopping", Boolean.toString(readiness.isDraining()))
            .result("Service Unavailable");
        if (readiness.isDraining()) {
          x.header("Connection", "close");
        }
        return;
      }
      long start = System.nanoTime();
      try (ObservedRequest request = ObservedRequest.begin(telemetry, name, x)) {
        CurrentSpan.in(
            request.span(),
            () -> {
              respond(x, request, name, endpoint);
              return x.statusCode();
            });
      } finally {
        telemetry.metrics().request(name, x.statusCode(), (System.nanoTime() - start) / 1e9);
      }
    };
  }

  private void respond(
      Context x,
      ObservedRequest request,
      String name,
      BiFunction<Context, ObservedRequest, ResponseBody> endpoint) {
    try {
      ResponseBody body = endpoint.apply(x, request);
      request.active().sends();
      CurrentSpan.in(
          CurrentSpan.get().child("write"),
          () -> {
            send(x, body, request);
            return true;
          });
    } catch (io.javalin.http.HttpResponseException e) {
      // An error of Javalin itself, such as a body that is too large.
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      OutOfMemory.endProcessIfCause(e);
      ApiFailure failure = request.failure(e);
      if (x.res().isCommitted()) {
        // The status is already sent: the connection is closed, so that the client sees a
        // failure.
        throw e;
      }
      if (failure.status() == 500) {
        LOG.error("request failed handler={} reason=\"{}\"", name, failure.message(), e);
      }
      Thread.interrupted();
      x.status(failure.status()).contentType(JSON);
      try {
        x.outputStream().write(failure.json().getBytes(StandardCharsets.UTF_8));
        x.outputStream().close();
        end(x);
      } catch (IOException io) {
        LOG.debug("client disconnected path={} reason=\"{}\"", x.path(), io.getMessage());
      }
    }
  }

  /// Waits until the last byte is written. The request is active until then.
  private static void end(Context x) throws IOException {
    x.res().getOutputStream().close();
  }

  private void send(Context x, ResponseBody body, ObservedRequest request) {
    x.contentType(JSON);
    compression.applyTo(x);
    try {
      try (ResponseStream out = new ResponseStream(x.outputStream())) {
        body.print(out);
      }
      end(x);
    } catch (IOException e) {
      request.disconnected();
      LOG.debug("client disconnected path={} reason=\"{}\"", x.path(), e.getMessage());
    }
  }

  private static ApiParameters parameters(Context x) {
    if (x.method() == HandlerType.GET) {
      return new ApiParameters(x::queryParams);
    }
    return new ApiParameters(name -> {
      List<String> out = new ArrayList<>(x.formParams(name));
      out.addAll(x.queryParams(name));
      return out;
    });
  }

  private void readiness(Context x) {
    Optional<String> obstacle = telemetry.readiness().obstacle();
    if (obstacle.isEmpty()) {
      x.result("Lamella is Ready.\n");
    } else {
      x.status(503).result("Lamella is not ready: " + obstacle.get() + ".\n");
    }
  }

  private void exposition(Context x) throws IOException {
    ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(x.header("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    writer.write(out, telemetry.metrics().registry().scrape());
    x.contentType(writer.getContentType()).result(out.toByteArray());
  }

  private ResponseBody buildInfo() {
    return SuccessBody.of(json -> {
      json.writeStartObject();
      PrometheusJson.string(json, "version", build.version());
      PrometheusJson.string(json, "revision", build.revision());
      for (String absent : List.of("branch", "buildUser", "buildDate", "goVersion")) {
        PrometheusJson.string(json, absent, "");
      }
      json.writeEndObject();
    });
  }

  private static void crossOrigin(Context x) {
    x.header("Vary", "Origin");
    if (x.header("Origin") != null) {
      x.header("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin");
      x.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
      x.header("Access-Control-Expose-Headers", "Date");
      x.header("Access-Control-Allow-Origin", "*");
    }
  }

  /// What a stop cut off.
  ///
  /// @param drained requests that were active when the stop began, and ended by themselves
  /// @param cut the queries among the others
  public record DrainReport(long drained, List<ActiveQuery> cut) {}

  /// Accepts no more requests, waits for those that are active, and cuts off what is left at the
  /// deadline. [#close] is still to be called.
  public DrainReport drain(Duration grace) throws InterruptedException {
    telemetry.readiness().drain();
    for (Connector c : javalin.jettyServer().server().getConnectors()) {
      if (c instanceof NetworkConnector network) {
        network.close();
      }
    }
    ActiveQueries active = telemetry.active();
    long begun = active.list().size();
    if (active.awaitNone(grace)) {
      return new DrainReport(begun, List.of());
    }
    List<ActiveQuery> cut = active.cutOff();
    active.awaitNone(TIME_TO_REPORT_FAILURES);
    return new DrainReport(begun - cut.size(), cut);
  }

  /// Accepts no more requests and ends.
  @Override
  public void close() {
    javalin.stop();
  }
}
