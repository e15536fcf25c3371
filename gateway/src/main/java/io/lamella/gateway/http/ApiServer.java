package io.lamella.gateway.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.lamella.gateway.association.Associations;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.Tenants;
import io.lamella.gateway.web.WebConfigFile;
import io.lamella.model.Matcher;
import java.time.Duration;
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

  private static final String ANY_ORIGIN = ".*";

  private final Javalin javalin;
  private final Telemetry telemetry;

  private final Routes routes = new Routes();

  /// Where and how to serve.
  ///
  /// @param port 0 for any free one
  public record HttpOptions(
      String host,
      int port,
      Compression compression,
      ClientLimits clients,
      ApiOptions api,
      WebOptions web) {
    /// A free port on the loopback interface.
    public static final HttpOptions LOCAL = new HttpOptions("127.0.0.1", 0, Compression.AUTO);

    public HttpOptions(String host, int port, Compression compression) {
      this(host, port, compression, ClientLimits.DEFAULT);
    }

    public HttpOptions(String host, int port, Compression compression, ClientLimits clients) {
      this(host, port, compression, clients, ApiOptions.DEFAULT, WebOptions.DEFAULT);
    }

    public HttpOptions withReplicaLabels(Set<String> names) {
      return new HttpOptions(
          host,
          port,
          compression,
          clients,
          new ApiOptions(names, api.corsOrigin(), api.associations()),
          web);
    }

    public HttpOptions withCorsOrigin(Matcher origins) {
      return new HttpOptions(
          host,
          port,
          compression,
          clients,
          new ApiOptions(api.replicaLabels(), Optional.of(origins), api.associations()),
          web);
    }

    public HttpOptions withAssociations(Supplier<Associations> associations) {
      return new HttpOptions(
          host,
          port,
          compression,
          clients,
          new ApiOptions(api.replicaLabels(), api.corsOrigin(), associations),
          web);
    }

    public HttpOptions withWeb(WebOptions web) {
      return new HttpOptions(host, port, compression, clients, api, web);
    }
  }

  /// How requests are answered.
  ///
  /// @param replicaLabels labels that distinguish replicas, which queries read as one series unless
  ///   they say otherwise
  /// @param corsOrigin pages of which origins may read responses in a browser; empty for none but
  ///   those of this server
  /// @param associations that there are now
  public record ApiOptions(
      Set<String> replicaLabels,
      Optional<Matcher> corsOrigin,
      Supplier<Associations> associations) {
    static final ApiOptions DEFAULT =
        new ApiOptions(Set.of(), Optional.empty(), () -> Associations.NONE);

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

  private ApiServer(Tenants tenants, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    this.telemetry = telemetry;
    ApiHandler handlers =
        new ApiHandler(
            telemetry,
            tenants,
            options.compression(),
            options.clients().clientHeader(),
            options.web().routePrefix());
    new ApiRoutes(routes, handlers, options.compression()).add(telemetry, build, options.api());
    String vary = "Accept-Encoding, Origin" + tenants.header().map(h -> ", " + h).orElse("");
    String api = options.web().externalPath() + "/api/v1";
    routes.get("/", x -> x.result("Lamella: the Prometheus HTTP API is below " + api + ".\n"));
    this.javalin =
        Javalin.create(c -> {
          c.concurrency.useVirtualThreads = true;
          c.startup.showJavalinBanner = false;
          c.http.compressionStrategy = CompressionStrategy.NONE;
          c.jetty.modifyServer(server -> {
            server.setErrorHandler(new ServerErrors());
            options.web().handlers().ifPresent(server::setHandler);
          });
          c.jetty.addConnector((server, http) -> connector(server, http, options));
          // Before the handlers, because a large response is already sent when its handler ends.
          c.routes.before(x -> {
            x.header("Vary", vary);
            crossOrigin(x, options.api().corsOrigin());
          });
          routes.installOn(c.routes);
          c.routes.exception(RequestRefused.class, (e, x) -> ApiHandler.write(x, ApiFailure.of(e)));
          c.routes.exception(HttpResponseException.class, ApiServer::refused);
          c.routes.exception(Exception.class, ApiServer::failed);
        });
  }

  /// Starts a server without tenants.
  public static ApiServer start(
      QueryService queries, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    return start(Tenants.none(queries), telemetry, build, options);
  }

  /// Starts a server.
  public static ApiServer start(
      Tenants tenants, Telemetry telemetry, BuildInfo build, HttpOptions options) {
    ApiServer server = new ApiServer(tenants, telemetry, build, options);
    server.javalin.start();
    return server;
  }

  private ClientConnector connector(Server server, HttpConfiguration http, HttpOptions options) {
    ClientConnector out =
        new ClientConnector(
            server,
            http,
            new ClientConnector.HttpAddress(options.host(), options.port()),
            options.clients(),
            options.web().config().filter(WebConfigFile::isTls).map(ConfiguredTls::new));
    out.addBean(new ConnectionWatch(out, options.clients().maxConnections(), telemetry.metrics()));
    return out;
  }

  /// The methods and paths that are answered.
  List<Routes.Route> routes() {
    return routes.all();
  }

  public int port() {
    return javalin.port();
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

  private static void crossOrigin(Context x, Optional<Matcher> allowed) {
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
