package io.lamella.gateway.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.lamella.gateway.query.ActiveQueries;
import io.lamella.gateway.query.ActiveQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/// The listener for administrators: lists the active queries and kills them. It checks no password;
/// whoever reaches its address may use it. Where a request names a tenant, there are only that
/// tenant's queries for it.
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final String QUERIES = "/api/v1/admin/queries";

  private final Javalin javalin;
  private final ActiveQueries active;
  private final Optional<String> tenantHeader;

  /// Where to serve.
  ///
  /// @param port 0 for any free one
  public record AdminAddress(String host, int port) {}

  private AdminServer(ActiveQueries active, Optional<String> tenantHeader, AdminAddress address) {
    this.active = active;
    this.tenantHeader = tenantHeader;
    this.javalin =
        Javalin.create(c -> {
          c.concurrency.useVirtualThreads = true;
          c.startup.showJavalinBanner = false;
          c.jetty.host = address.host();
          c.jetty.port = address.port();
          c.routes.get(QUERIES, this::list);
          c.routes.delete(QUERIES + "/{id}", this::kill);
          c.routes.post(QUERIES + "/{id}/kill", this::kill);
        });
  }

  /// Starts to serve.
  ///
  /// @param tenantHeader that names a tenant; empty where there are no tenants
  public static AdminServer start(
      ActiveQueries active, Optional<String> tenantHeader, AdminAddress address) {
    AdminServer server = new AdminServer(active, tenantHeader, address);
    server.javalin.start();
    return server;
  }

  public int port() {
    return javalin.port();
  }

  private void list(Context x) {
    List<ActiveQuery> all = visible(x);
    StringBuilder out = new StringBuilder();
    PrometheusJson.append(
        out,
        json -> {
          json.writeStartObject();
          PrometheusJson.string(json, "status", "success");
          json.writeName("data");
          json.writeStartArray();
          all.forEach(q -> write(json, q));
          json.writeEndArray();
          json.writeEndObject();
        });
    x.contentType("application/json").result(out.toString());
  }

  /// The queries that the request may see; none where it names several tenants.
  private List<ActiveQuery> visible(Context x) {
    List<String> named =
        tenantHeader.map(h -> Collections.list(x.req().getHeaders(h))).orElseGet(ArrayList::new);
    return active.list().stream()
        .filter(q -> named.isEmpty() || named.equals(q.origin().tenant().stream().toList()))
        .toList();
  }

  private static void write(JsonGenerator json, ActiveQuery q) {
    json.writeStartObject();
    PrometheusJson.string(json, "id", q.id());
    PrometheusJson.string(json, "state", q.state().name().toLowerCase(Locale.ROOT));
    q.expression()
        .ifPresent(e -> {
          PrometheusJson.string(json, "query", e.text());
          PrometheusJson.string(json, "start", Instant.ofEpochMilli(e.startMillis()).toString());
          PrometheusJson.string(json, "end", Instant.ofEpochMilli(e.endMillis()).toString());
          json.writeNumberProperty("step", e.stepMillis() / 1000.0);
        });
    PrometheusJson.string(json, "client", q.origin().client());
    q.origin().tenant().ifPresent(t -> PrometheusJson.string(json, "tenant", t));
    PrometheusJson.string(json, "method", q.origin().method());
    PrometheusJson.string(json, "path", q.origin().path());
    PrometheusJson.string(json, "started", q.started().toString());
    PrometheusJson.seconds(json, "age", q.age());
    json.writeNumberProperty("heldBytes", q.heldBytes());
    json.writeNumberProperty("series", q.used().series());
    json.writeNumberProperty("reads", q.used().reads());
    json.writeNumberProperty("bytes", q.used().bytes());
    json.writeEndObject();
  }

  private void kill(Context x) {
    String id = x.pathParam("id");
    if (visible(x).stream().anyMatch(q -> q.id().equals(id)) && active.kill(id)) {
      LOG.info("query killed id={} by={}", id, x.ip());
      x.contentType("application/json").result("{\"status\":\"success\"}");
    } else {
      ApiFailure unknown = new ApiFailure(404, "not_found", "no active query has this id");
      x.status(unknown.status()).contentType("application/json").result(unknown.json());
    }
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
