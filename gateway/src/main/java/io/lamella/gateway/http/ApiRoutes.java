package io.lamella.gateway.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.request.Telemetry;
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

  void add(
      QueryService queries,
      Telemetry telemetry,
      ApiServer.BuildInfo build,
      RequestOptions options) {
    InstantSource clock = InstantSource.system();
    process(telemetry);
    queries(new PrometheusApi(queries, clock, options));
    federation(new Federation(queries, clock, options));
    status(new StatusApi(queries, build, clock), telemetry);
    routes.get(TsdbStatus.PATH, handlers.of(TsdbStatus.PATH, new TsdbStatus(queries)::handle));
    get("/api/v1/features", _ -> FeaturesJson.of(queries.features()));
    empty();
    off();
  }

  private void process(Telemetry telemetry) {
    routes.getAndHead("/-/healthy", x -> x.result("Lamella is Healthy.\n"));
    routes.getAndHead("/-/ready", x -> readiness(x, telemetry));
    routes.get("/metrics", x -> exposition(x, telemetry));
  }

  private void queries(PrometheusApi api) {
    getAndPost("/api/v1/query", api::query);
    getAndPost("/api/v1/query_range", api::queryRange);
    getAndPost("/api/v1/query_exemplars", api::exemplars);
    getAndPost("/api/v1/format_query", api::formatQuery);
    getAndPost("/api/v1/parse_query", api::parseQuery);
    getAndPost("/api/v1/series", api::series);
    getAndPost("/api/v1/labels", api::labels);
    String rules = "/api/v1/rules";
    routes.get(rules, handlers.of(rules, api::rules));
    String metadata = EmptyApi.METADATA_OF_TARGETS;
    routes.get(metadata, handlers.of(metadata, api::targetsMetadata));
    routes.get(
        "/api/v1/label/{name}/values",
        x ->
            handlers
                .of(
                    "/api/v1/label/:name/values",
                    (p, request, to) -> api.labelValues(x.pathParam("name"), p, request, to))
                .handle(x));
    String read = "/api/v1/read";
    routes.post(read, handlers.ofSnappyProto(read, api::read));
  }

  private void federation(Federation federation) {
    routes.get(
        Federation.PATH,
        x ->
            handlers
                .ofText(
                    Federation.PATH,
                    (p, request, to) ->
                        federation.federate(
                            Optional.ofNullable(x.header("Accept")).orElse(""), p, request, to))
                .handle(x));
  }

  private void status(StatusApi status, Telemetry telemetry) {
    get("/api/v1/status/buildinfo", _ -> status.buildInfo());
    get("/api/v1/status/runtimeinfo", _ -> status.runtimeInfo());
    get("/api/v1/status/flags", _ -> status.flags());
    get("/api/v1/status/config", _ -> status.config());
    get("/api/v1/status/tsdb/blocks", _ -> status.blocks());
    get("/api/v1/status/self_metrics", p -> status.selfMetrics(telemetry.metrics().registry(), p));
    get("/api/v1/stores", _ -> status.stores());
    routes.get("/version", x -> x.contentType(TEXT).result(status.version()));
    String text = resource(OPENAPI);
    routes.get(
        "/api/v1/" + OPENAPI, x -> x.contentType("application/yaml; charset=utf-8").result(text));
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
    routes.get(path, handlers.of(path, (p, _, to) -> to.accept(endpoint.apply(p))));
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
