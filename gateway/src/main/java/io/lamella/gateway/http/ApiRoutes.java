package io.lamella.gateway.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.lamella.gateway.backtest.BacktestLimits;
import io.lamella.gateway.backtest.BacktestService;
import io.lamella.gateway.backtest.PinnedSnapshots;
import io.lamella.gateway.request.ObservedRequest;
import io.lamella.gateway.request.Telemetry;
import io.lamella.gateway.tenant.Tenants.Tenant;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/// All endpoints of the server. The README lists them; `openapi.yaml` describes those of the API.
final class ApiRoutes {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String OPENAPI = "openapi.yaml";

  private final Routes routes;
  private final ApiHandler handlers;
  private final Compression compression;

  ApiRoutes(Routes routes, ApiHandler handlers, Compression compression) {
    this.routes = routes;
    this.handlers = handlers;
    this.compression = compression;
  }

  void add(Telemetry telemetry, ApiServer.BuildInfo build, ApiServer.ApiOptions options) {
    Set<String> replicaLabels = options.replicaLabels();
    InstantSource clock = InstantSource.system();
    process(telemetry, build);
    queries(
        t -> new PrometheusApi(t.queries(), clock, new RequestOptions(t.queries(), replicaLabels)));
    String engine = "lamella " + build.version();
    PinnedSnapshots pinned = new PinnedSnapshots();
    routes.post(
        BacktestApi.PATH,
        handlers.ofDocument(
            BacktestApi.PATH,
            (body, t, p, request, to) ->
                new BacktestApi(
                        new BacktestService(t.queries(), BacktestLimits.DEFAULT), pinned, engine)
                    .backtest(body.bytes(), options.associations().get(), p, request, to)));
    getAndPost(
        AssociationsApi.PATH,
        (t, p, request, to) ->
            new AssociationsApi(
                    t.queries(),
                    options.associations(),
                    clock,
                    new RequestOptions(t.queries(), replicaLabels))
                .find(p, request, to));
    federation(
        t -> new Federation(t.queries(), clock, new RequestOptions(t.queries(), replicaLabels)));
    status(t -> new StatusApi(t, build, clock), telemetry);
    TsdbStatus tsdb = new TsdbStatus();
    routes.get(
        TsdbStatus.PATH,
        handlers.of(
            TsdbStatus.PATH, (t, p, request, to) -> tsdb.handle(t.queries(), p, request, to)));
    routes.get(
        "/api/v1/features",
        handlers.of(
            "/api/v1/features",
            (t, _, _, to) -> to.accept(FeaturesJson.of(t.queries().features()))));
    empty();
    off();
  }

  private void process(Telemetry telemetry, ApiServer.BuildInfo build) {
    routes.getAndHead("/-/healthy", x -> x.result("Lamella is Healthy.\n"));
    routes.getAndHead("/-/ready", x -> readiness(x, telemetry));
    routes.get("/metrics", x -> exposition(x, telemetry));
    routes.get("/version", x -> x.contentType(TEXT).result(StatusApi.version(build)));
  }

  /// What one of the classes of endpoints does for a tenant.
  ///
  /// @param <A> the class
  @FunctionalInterface
  private interface Call<A> {
    void handle(
        A api, ApiParameters parameters, ObservedRequest request, Consumer<ResponseBody> response);
  }

  private static <A> ApiHandler.Endpoint of(Function<Tenant, A> apis, Call<A> call) {
    return (tenant, p, request, to) -> call.handle(apis.apply(tenant), p, request, to);
  }

  private void queries(Function<Tenant, PrometheusApi> apis) {
    getAndPost("/api/v1/query", of(apis, PrometheusApi::query));
    getAndPost("/api/v1/query_range", of(apis, PrometheusApi::queryRange));
    getAndPost("/api/v1/query_exemplars", of(apis, PrometheusApi::exemplars));
    getAndPost("/api/v1/format_query", of(apis, PrometheusApi::formatQuery));
    getAndPost("/api/v1/parse_query", of(apis, PrometheusApi::parseQuery));
    getAndPost("/api/v1/series", of(apis, PrometheusApi::series));
    getAndPost("/api/v1/labels", of(apis, PrometheusApi::labels));
    String rules = "/api/v1/rules";
    routes.get(rules, handlers.of(rules, of(apis, PrometheusApi::rules)));
    String metadata = EmptyApi.METADATA_OF_TARGETS;
    routes.get(metadata, handlers.of(metadata, of(apis, PrometheusApi::targetsMetadata)));
    routes.get(
        "/api/v1/label/{name}/values",
        x ->
            handlers
                .of(
                    "/api/v1/label/:name/values",
                    of(
                        apis,
                        (api, p, request, to) ->
                            api.labelValues(x.pathParam("name"), p, request, to)))
                .handle(x));
    String read = "/api/v1/read";
    routes.post(
        read,
        handlers.ofSnappyProto(
            read, (body, tenant, request, to) -> apis.apply(tenant).read(body, request, to)));
  }

  private void federation(Function<Tenant, Federation> apis) {
    routes.get(
        Federation.PATH,
        x ->
            handlers
                .ofText(
                    Federation.PATH,
                    of(
                        apis,
                        (federation, p, request, to) ->
                            federation.federate(
                                Optional.ofNullable(x.header("Accept")).orElse(""),
                                p,
                                request,
                                to)))
                .handle(x));
  }

  private void status(Function<Tenant, StatusApi> apis, Telemetry telemetry) {
    status("buildinfo", apis, (status, _) -> status.buildInfo());
    status("runtimeinfo", apis, (status, _) -> status.runtimeInfo());
    status("flags", apis, (status, _) -> status.flags());
    status("config", apis, (status, _) -> status.config());
    status("tsdb/blocks", apis, (status, _) -> status.blocks());
    status(
        "self_metrics", apis, (status, p) -> status.selfMetrics(telemetry.metrics().registry(), p));
    String stores = "/api/v1/stores";
    routes.get(
        stores, handlers.of(stores, of(apis, (status, _, _, to) -> to.accept(status.stores()))));
    String text = resource(OPENAPI);
    routes.get(
        "/api/v1/" + OPENAPI, x -> x.contentType("application/yaml; charset=utf-8").result(text));
  }

  private void status(
      String name,
      Function<Tenant, StatusApi> apis,
      BiFunction<StatusApi, ApiParameters, ResponseBody> endpoint) {
    String path = "/api/v1/status/" + name;
    routes.get(
        path,
        handlers.of(path, of(apis, (status, p, _, to) -> to.accept(endpoint.apply(status, p)))));
  }

  private static String resource(String name) {
    try (InputStream in = ApiRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("cannot find " + name + " among the classes");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void empty() {
    for (String path : EmptyApi.DATA.keySet()) {
      if (!path.equals(EmptyApi.METADATA_OF_TARGETS)) {
        get(path, p -> EmptyApi.of(path, p));
      }
    }
    get("/api/v1/scrape_pools/config", EmptyApi::scrapePool);
    get("/api/v1/targets/relabel_steps", EmptyApi::relabelSteps);
  }

  /// What Prometheus has but is off there by default.
  private void off() {
    Handler noAdmin =
        x -> ApiHandler.write(x, new ApiFailure(500, "unavailable", "admin APIs disabled"));
    for (String name : List.of("delete_series", "clean_tombstones", "snapshot")) {
      routes.postAndPut("/api/v1/admin/tsdb/" + name, noAdmin);
    }
    Handler noSearch =
        x -> ApiHandler.write(x, new ApiFailure(500, "unavailable", "search API disabled"));
    for (String name : List.of("metric_names", "label_names", "label_values")) {
      routes.getAndPost("/api/v1/search/" + name, noSearch);
    }
    for (String path : List.of("/-/reload", "/-/quit")) {
      routes.postAndPut(path, text(403, "Lifecycle API is not enabled."));
      routes.get(path, text(405, "Only POST or PUT requests allowed"));
    }
    routes.post(
        "/api/v1/write",
        text(
            404,
            "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n"));
    routes.post(
        "/api/v1/otlp/v1/metrics",
        text(404, "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n"));
  }

  private static Handler text(int status, String body) {
    return x -> x.status(status).contentType(TEXT).result(body);
  }

  private void getAndPost(String path, ApiHandler.Endpoint endpoint) {
    routes.getAndPost(path, handlers.of(path, endpoint));
  }

  /// An endpoint that reads nothing.
  private void get(String path, Function<ApiParameters, ResponseBody> endpoint) {
    routes.get(path, handlers.of(path, (_, p, _, to) -> to.accept(endpoint.apply(p))));
  }

  private static void readiness(Context x, Telemetry telemetry) {
    Optional<String> obstacle = telemetry.readiness().obstacle();
    if (obstacle.isEmpty()) {
      x.result("Lamella is Ready.\n");
    } else {
      x.status(503).result("Lamella is not ready: " + obstacle.get() + ".\n");
    }
  }

  private void exposition(Context x, Telemetry telemetry) throws IOException {
    ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(x.header("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    writer.write(out, telemetry.metrics().registry().scrape());
    ResponseBody.Form form = new ResponseBody.Form(writer.getContentType(), Optional.empty());
    x.contentType(form.contentType());
    try (Compression.EncodedResponse encoded = compression.open(x, form)) {
      out.writeTo(encoded.output());
      encoded.output().close();
    }
  }
}
