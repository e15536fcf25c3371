package io.lamella.gateway.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.process.OutOfMemory;
import io.lamella.gateway.process.Readiness;
import io.lamella.gateway.query.QueryService;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server; each request runs on a virtual thread of its own.
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final String JSON = "application/json";
  private static final long MAX_BODY_BYTES = 10 << 20;

  private final Javalin javalin;
  private final PrometheusApi api;
  private final GatewayMetrics metrics;
  private final Readiness readiness;
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
      QueryService queries,
      GatewayMetrics metrics,
      Readiness readiness,
      BuildInfo build,
      HttpOptions options) {
    this.api = new PrometheusApi(queries, InstantSource.system());
    this.metrics = metrics;
    this.readiness = readiness;
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
                  x -> api.labelValues(x.pathParam("name"), parameters(x))));
          c.routes.get(
              "/api/v1/status/buildinfo", handler("/api/v1/status/buildinfo", x -> buildInfo()));
          c.routes.options("/*", x -> x.status(204));
          // Before the handler, because a large response is already sent when its handler ends.
          c.routes.before(ApiServer::crossOrigin);
        });
  }

  /// Starts a server.
  ///
  /// @param readiness what `/-/ready` reports; before the catalog was read, queries are refused
  public static ApiServer start(
      QueryService queries,
      GatewayMetrics metrics,
      Readiness readiness,
      BuildInfo build,
      HttpOptions options) {
    ApiServer server = new ApiServer(queries, metrics, readiness, build, options);
    server.javalin.start();
    return server;
  }

  public int port() {
    return javalin.port();
  }

  private void getAndPost(
      io.javalin.config.RoutesConfig routes,
      String path,
      Function<ApiParameters, ResponseBody> endpoint) {
    Handler handler = handler(path, x -> endpoint.apply(parameters(x)));
    routes.get(path, handler);
    routes.post(path, handler);
  }

  private Handler handler(String name, Function<Context, ResponseBody> endpoint) {
    return x -> {
      long start = System.nanoTime();
      if (!readiness.isLoaded()) {
        x.status(503).header("X-Prometheus-Stopping", "false").result("Service Unavailable");
        return;
      }
      try {
        send(x, endpoint.apply(x));
      } catch (io.javalin.http.HttpResponseException e) {
        // An error of Javalin itself, such as a body that is too large.
        throw e;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        OutOfMemory.endProcessIfCause(e);
        if (x.res().isCommitted()) {
          // The status is already sent: the connection is closed, so that the client sees a
          // failure.
          throw e;
        }
        ApiFailure failure = ApiFailure.of(e);
        if (failure.status() == 500) {
          LOG.error("request failed handler={} reason=\"{}\"", name, failure.message(), e);
        }
        x.status(failure.status()).contentType(JSON).result(failure.json());
      } finally {
        metrics.request(name, x.statusCode(), (System.nanoTime() - start) / 1e9);
      }
    };
  }

  private void send(Context x, ResponseBody body) {
    x.contentType(JSON);
    compression.applyTo(x);
    try (ResponseStream out = new ResponseStream(x.outputStream())) {
      body.print(out);
    } catch (IOException e) {
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
    Optional<String> obstacle = readiness.obstacle();
    if (obstacle.isEmpty()) {
      x.result("Lamella is Ready.\n");
    } else {
      x.status(503).result("Lamella is not ready: " + obstacle.get() + ".\n");
    }
  }

  private void exposition(Context x) throws IOException {
    ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(x.header("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    writer.write(out, metrics.registry().scrape());
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

  /// Accepts no more requests and waits for running ones.
  @Override
  public void close() {
    javalin.stop();
  }
}
