package io.lamella.gateway.http;

import io.javalin.Javalin;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
import io.lamella.model.Matcher;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server; each request runs on a virtual thread of its own.
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  /// How long clients that are cut off have to receive the error.
  private static final Duration TIME_TO_REPORT_FAILURES = Duration.ofSeconds(2);

  private static final String API = "/api/";
  private static final String ANY_ORIGIN = ".*";
  private static final String READ = "/api/v1/read";
  private static final String LABEL_VALUES = "/api/v1/label/[^/]+/values";

  private final Javalin javalin;
  private final Telemetry telemetry;

  /// The methods of each path of the API.
  private final Map<String, String> methods = new HashMap<>();

  /// Where and how to serve.
  ///
  /// @param port 0 for any free one
  public record HttpOptions(
      String host, int port, Compression compression, ClientLimits clients, ApiOptions api) {
    /// A free port on the loopback interface.
    public static final HttpOptions LOCAL = new HttpOptions("127.0.0.1", 0, Compression.AUTO);

    public HttpOptions(String host, int port, Compression compression) {
      this(host, port, compression, ClientLimits.DEFAULT);
    }

    public HttpOptions(String host, int port, Compression compression, ClientLimits clients) {
      this(host, port, compression, clients, ApiOptions.DEFAULT);
    }

    public HttpOptions withReplicaLabels(Set<String> names) {
      return new HttpOptions(
          host, port, compression, clients, new ApiOptions(names, api.corsOrigin()));
    }

    public HttpOptions withCorsOrigin(Matcher origins) {
      return new HttpOptions(
          host,
          port,
          compression,
          clients,
          new ApiOptions(api.replicaLabels(), Optional.of(origins)));
    }
  }

  /// How requests are answered.
  ///
  /// @param replicaLabels labels that distinguish replicas, which queries read as one series unless
  ///   they say otherwise
  /// @param corsOrigin pages of which origins may read responses in a browser; empty for none but
  ///   those of this server
  public record ApiOptions(Set<String> replicaLabels, Optional<Matcher> corsOrigin) {
    static final ApiOptions DEFAULT = new ApiOptions(Set.of(), Optional.empty());

    public ApiOptions {
      replicaLabels = Set.copyOf(replicaLabels);
    }
  }

  /// What is told of the program and how it was started.
  ///
  /// @param flags by name, with their values; no secrets
  /// @param config of the store, as YAML without secrets
  public record BuildInfo(
      String version, String revision, Map<String, String> flags, String config) {
    public BuildInfo {
      flags = Map.copyOf(flags);
    }

    public BuildInfo(String version, String revision) {
      this(version, revision, Map.of(), "");
    }
  }

  private ApiServer(
      QueryService queries, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    this.telemetry = telemetry;
    RequestOptions asked = new RequestOptions(queries, options.api().replicaLabels());
    PrometheusApi api = new PrometheusApi(queries, InstantSource.system(), asked);
    Federation federation = new Federation(queries, InstantSource.system(), asked);
    ApiHandler handlers =
        new ApiHandler(telemetry, options.compression(), options.clients().clientHeader());
    this.javalin =
        Javalin.create(c -> {
          c.concurrency.useVirtualThreads = true;
          c.startup.showJavalinBanner = false;
          c.http.compressionStrategy = Compression.strategy();
          c.jetty.modifyServer(server -> server.setErrorHandler(new ServerErrors()));
          c.jetty.addConnector((server, http) -> connector(server, http, options));
          c.routes.get("/-/healthy", x -> x.result("Lamella is Healthy.\n"));
          c.routes.get("/-/ready", this::readiness);
          c.routes.get("/metrics", this::exposition);
          getAndPost(c.routes, handlers, "/api/v1/query", api::query);
          getAndPost(c.routes, handlers, "/api/v1/query_range", api::queryRange);
          getAndPost(c.routes, handlers, "/api/v1/format_query", api::formatQuery);
          getAndPost(c.routes, handlers, "/api/v1/parse_query", api::parseQuery);
          getAndPost(c.routes, handlers, "/api/v1/series", api::series);
          getAndPost(c.routes, handlers, "/api/v1/labels", api::labels);
          c.routes.get(
              "/api/v1/label/{name}/values",
              x ->
                  handlers
                      .of(
                          "/api/v1/label/:name/values",
                          (p, request, to) -> api.labelValues(x.pathParam("name"), p, request, to))
                      .handle(x));
          c.routes.post(READ, handlers.ofSnappyProto(READ, api::read));
          methods.put(READ, "POST, OPTIONS");
          c.routes.get(
              Federation.PATH,
              x ->
                  handlers
                      .ofText(
                          Federation.PATH,
                          (p, request, to) ->
                              federation.federate(header(x, "Accept"), p, request, to))
                      .handle(x));
          status(c.routes, handlers, new StatusApi(queries, build, InstantSource.system()));
          getAndPost(
              c.routes,
              handlers,
              "/api/v1/query_exemplars",
              (p, request, to) -> api.exemplars(p, request, to));
          withoutFeature(c.routes);
          c.routes.options("/*", x -> x.status(204));
          // Before the handler, because a large response is already sent when its handler ends.
          c.routes.before(x -> crossOrigin(x, options.api().corsOrigin()));
          c.routes.before(this::checkRoute);
          c.routes.exception(RequestRefused.class, (e, x) -> ApiHandler.write(x, ApiFailure.of(e)));
          c.routes.exception(HttpResponseException.class, ApiServer::refused);
          c.routes.exception(Exception.class, ApiServer::failed);
        });
  }

  /// Starts a server.
  public static ApiServer start(
      QueryService queries, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    ApiServer server = new ApiServer(queries, telemetry, build, options);
    server.javalin.start();
    return server;
  }

  private ClientConnector connector(Server server, HttpConfiguration http, HttpOptions options) {
    ClientConnector out =
        new ClientConnector(
            server,
            http,
            new ClientConnector.HttpAddress(options.host(), options.port()),
            options.clients());
    out.addBean(new ConnectionWatch(out, options.clients().maxConnections(), telemetry.metrics()));
    return out;
  }

  /// The paths of the API, without that of label values.
  Set<String> paths() {
    return Set.copyOf(methods.keySet());
  }

  public int port() {
    return javalin.port();
  }

  /// What tells about the server, and what is empty here.
  private void status(RoutesConfig routes, ApiHandler handlers, StatusApi status) {
    EmptyApi.DATA
        .keySet()
        .forEach(
            path -> get(routes, handlers, path, (p, _, to) -> to.accept(EmptyApi.of(path, p))));
    get(routes, handlers, "/api/v1/rules", (p, _, to) -> to.accept(EmptyApi.rules(p)));
    get(
        routes,
        handlers,
        "/api/v1/features",
        (_, _, to) -> to.accept(EmptyApi.features(List.of())));
    Map<String, Supplier<ResponseBody>> told =
        Map.of(
            "/api/v1/status/buildinfo", status::buildInfo,
            "/api/v1/status/runtimeinfo", status::runtimeInfo,
            "/api/v1/status/flags", status::flags,
            "/api/v1/status/config", status::config,
            "/api/v1/status/tsdb", status::tsdb,
            "/api/v1/status/tsdb/blocks", status::blocks,
            "/api/v1/stores", status::stores);
    told.forEach((path, body) -> get(routes, handlers, path, (_, _, to) -> to.accept(body.get())));
    routes.get(
        "/version", x -> x.contentType("text/plain; charset=utf-8").result(status.version()));
    routes.head("/-/healthy", x -> x.status(200));
    routes.head("/-/ready", this::readiness);
    routes.get("/", x -> x.result("Lamella: the Prometheus HTTP API is below /api/v1.\n"));
  }

  /// What Prometheus has but is off there by default.
  private void withoutFeature(RoutesConfig routes) {
    for (String path :
        List.of(
            "/api/v1/admin/tsdb/delete_series",
            "/api/v1/admin/tsdb/clean_tombstones",
            "/api/v1/admin/tsdb/snapshot")) {
      Handler refuse =
          x -> ApiHandler.write(x, new ApiFailure(500, "unavailable", "admin APIs disabled"));
      routes.post(path, refuse);
      routes.put(path, refuse);
      methods.put(path, "POST, PUT, OPTIONS");
    }
    for (String name : List.of("metric_names", "label_names", "label_values")) {
      String path = "/api/v1/search/" + name;
      Handler refuse =
          x -> ApiHandler.write(x, new ApiFailure(500, "unavailable", "search API disabled"));
      routes.get(path, refuse);
      routes.post(path, refuse);
      methods.put(path, "GET, POST, OPTIONS");
    }
    for (String path : List.of("/-/reload", "/-/quit")) {
      Handler refuse = x -> x.status(403).result("Lifecycle API is not enabled.");
      routes.post(path, refuse);
      routes.put(path, refuse);
      routes.get(path, x -> x.status(405).result("Only POST or PUT requests allowed"));
    }
    routes.post(
        "/api/v1/write",
        x ->
            x.status(404)
                .result(
                    "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n"));
    methods.put("/api/v1/write", "POST, OPTIONS");
    routes.post(
        "/api/v1/otlp/v1/metrics",
        x ->
            x.status(404)
                .result(
                    "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n"));
    methods.put("/api/v1/otlp/v1/metrics", "POST, OPTIONS");
  }

  private void getAndPost(
      RoutesConfig routes, ApiHandler handlers, String path, ApiHandler.Endpoint endpoint) {
    get(routes, handlers, path, endpoint);
    routes.post(path, handlers.of(path, endpoint));
    methods.put(path, "GET, POST, OPTIONS");
  }

  private void get(
      RoutesConfig routes, ApiHandler handlers, String path, ApiHandler.Endpoint endpoint) {
    routes.get(path, handlers.of(path, endpoint));
    methods.put(path, "GET, OPTIONS");
  }

  /// Refuses paths and methods that the API does not have.
  private void checkRoute(Context x) {
    String path = x.path();
    if (!path.startsWith(API) || x.method() == HandlerType.OPTIONS) {
      return;
    }
    String allowed = path.matches(LABEL_VALUES) ? "GET, OPTIONS" : methods.getOrDefault(path, "");
    if (allowed.isEmpty()) {
      throw new RequestRefused(404, "no such endpoint: " + path);
    }
    String method = x.req().getMethod();
    if (!List.of(allowed.split(", ")).contains(method)) {
      x.header("Allow", allowed);
      throw new RequestRefused(405, "method " + method + " is not allowed for " + path);
    }
  }

  /// A failure of Javalin itself, such as an unknown path.
  private static void refused(HttpResponseException e, Context x) {
    ApiHandler.write(
        x, ApiFailure.of(new RequestRefused(e.getStatus(), String.valueOf(e.getMessage()))));
  }

  private static void failed(Exception e, Context x) {
    LOG.error("request failed path={}", x.path(), e);
    ApiHandler.write(x, ApiFailure.of(e));
  }

  private void readiness(Context x) {
    Optional<String> obstacle = telemetry.readiness().obstacle();
    if (obstacle.isEmpty()) {
      x.result("Lamella is Ready.\n");
    } else {
      x.status(503).result("Lamella is not ready: " + obstacle.get() + ".\n");
    }
  }

  private static String header(Context x, String name) {
    return Optional.ofNullable(x.header(name)).orElse("");
  }

  private void exposition(Context x) throws IOException {
    ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(x.header("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    writer.write(out, telemetry.metrics().registry().scrape());
    x.contentType(writer.getContentType()).result(out.toByteArray());
  }

  private static void crossOrigin(Context x, Optional<Matcher> allowed) {
    x.header("Vary", "Origin");
    String origin = x.header("Origin");
    if (origin != null && allowed.filter(m -> m.matches(origin)).isPresent()) {
      x.header("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin");
      x.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
      x.header("Access-Control-Expose-Headers", "Date");
      x.header(
          "Access-Control-Allow-Origin", allowed.get().value().equals(ANY_ORIGIN) ? "*" : origin);
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
