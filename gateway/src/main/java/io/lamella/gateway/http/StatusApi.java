package io.lamella.gateway.http;

import io.lamella.gateway.query.BlockSummary;
import io.lamella.gateway.query.QueryService;
import io.lamella.gateway.query.StreamRange;
import io.lamella.gateway.tenant.Tenants.Tenant;
import io.lamella.model.InvalidRegexException;
import io.lamella.model.Matcher;
import io.lamella.promql.QueryException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/// The endpoints that tell about the server and its data, in the shapes of Prometheus and, of
/// `stores`, Thanos.
final class StatusApi {
  private static final int MAX_BLOCKS = 10_000;

  private final QueryService queries;
  private final Optional<String> tenant;
  private final ApiServer.BuildInfo build;
  private final InstantSource clock;

  StatusApi(Tenant tenant, ApiServer.BuildInfo build, InstantSource clock) {
    this.queries = tenant.queries();
    this.tenant = tenant.name();
    this.build = build;
    this.clock = clock;
  }

  ResponseBody buildInfo() {
    return SuccessBody.of(json -> buildInfo(json, build));
  }

  /// The body of `/version`, which has no envelope.
  static String version(ApiServer.BuildInfo build) {
    StringBuilder out = new StringBuilder();
    PrometheusJson.append(out, json -> buildInfo(json, build));
    return out.append('\n').toString();
  }

  private static void buildInfo(JsonGenerator json, ApiServer.BuildInfo build) {
    json.writeStartObject();
    PrometheusJson.string(json, "version", build.version());
    PrometheusJson.string(json, "revision", build.revision());
    for (String absent : List.of("branch", "buildUser", "buildDate", "goVersion")) {
      PrometheusJson.string(json, absent, "");
    }
    json.writeEndObject();
  }

  ResponseBody flags() {
    return SuccessBody.of(json -> {
      json.writeStartObject();
      new TreeMap<>(build.flags()).forEach((k, v) -> PrometheusJson.string(json, k, v));
      json.writeEndObject();
    });
  }

  ResponseBody config() {
    return SuccessBody.of(json -> {
      json.writeStartObject();
      PrometheusJson.string(json, "yaml", build.config());
      json.writeEndObject();
    });
  }

  ResponseBody runtimeInfo() {
    Runtime runtime = Runtime.getRuntime();
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    return SuccessBody.of(json -> {
      json.writeStartObject();
      PrometheusJson.string(json, "startTime", Instant.ofEpochMilli(started).toString());
      PrometheusJson.string(json, "CWD", System.getProperty("user.dir", ""));
      PrometheusJson.string(json, "hostname", hostName());
      PrometheusJson.string(json, "serverTime", clock.instant().toString());
      json.writeBooleanProperty("reloadConfigSuccess", true);
      PrometheusJson.string(json, "lastConfigTime", Instant.ofEpochMilli(started).toString());
      json.writeNumberProperty("corruptionCount", 0);
      json.writeNumberProperty("goroutineCount", Thread.activeCount());
      json.writeNumberProperty("GOMAXPROCS", runtime.availableProcessors());
      json.writeNumberProperty("GOMEMLIMIT", runtime.maxMemory());
      PrometheusJson.string(json, "GOGC", "");
      PrometheusJson.string(json, "GODEBUG", "");
      PrometheusJson.string(json, "storageRetention", "");
      json.writeEndObject();
    });
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  /// The server's own metrics.
  ///
  /// @param p may choose them by name
  ResponseBody selfMetrics(PrometheusRegistry registry, ApiParameters p) {
    String pattern = p.text("metric_name_pattern");
    if (pattern.isEmpty()) {
      return SelfMetricsJson.of(registry, tenant, _ -> true);
    }
    try {
      return SelfMetricsJson.of(
          registry, tenant, Matcher.of(Matcher.Type.REGEX, "__name__", pattern)::matches);
    } catch (InvalidRegexException e) {
      throw new QueryException.BadQuery("invalid metric_name_pattern: " + e.getMessage());
    }
  }

  /// The newest blocks, at most 10,000.
  ResponseBody blocks() {
    List<BlockSummary> all = queries.blocks();
    return SuccessBody.of(json -> {
      json.writeStartObject();
      json.writeName("blocks");
      json.writeStartArray();
      all.subList(Math.max(0, all.size() - MAX_BLOCKS), all.size()).forEach(b -> block(json, b));
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void block(JsonGenerator json, BlockSummary b) {
    json.writeStartObject();
    PrometheusJson.string(json, "ulid", b.ulid());
    json.writeNumberProperty("minTime", b.minTimeMillis());
    json.writeNumberProperty("maxTime", b.maxTimeMillis());
    json.writeName("stats");
    json.writeStartObject();
    json.writeNumberProperty("numSamples", b.samples());
    json.writeNumberProperty("numSeries", b.series());
    json.writeNumberProperty("numChunks", b.chunks());
    json.writeEndObject();
    json.writeName("compaction");
    json.writeStartObject();
    json.writeNumberProperty("level", 1);
    json.writeName("sources");
    json.writeStartArray();
    PrometheusJson.string(json, b.ulid());
    json.writeEndArray();
    json.writeEndObject();
    json.writeNumberProperty("version", 1);
    json.writeName("thanos");
    json.writeStartObject();
    json.writeName("labels");
    PrometheusJson.labels(json, b.external());
    json.writeEndObject();
    json.writeEndObject();
  }

  /// This store, as Thanos Query lists the stores behind it.
  ResponseBody stores() {
    List<StreamRange> streams = queries.streams();
    return SuccessBody.of(json -> {
      json.writeStartObject();
      json.writeName("store");
      json.writeStartArray();
      json.writeStartObject();
      PrometheusJson.string(json, "name", ThanosParameters.STORE);
      PrometheusJson.string(json, "lastCheck", clock.instant().toString());
      json.writeNullProperty("lastError");
      json.writeName("labelSets");
      json.writeStartArray();
      streams.stream()
          .map(StreamRange::external)
          .distinct()
          .forEach(labels -> PrometheusJson.labels(json, labels));
      json.writeEndArray();
      json.writeNumberProperty(
          "minTime",
          streams.stream().mapToLong(StreamRange::minTimeMillis).min().orElse(Long.MAX_VALUE));
      json.writeNumberProperty(
          "maxTime",
          streams.stream().mapToLong(StreamRange::maxTimeMillis).max().orElse(Long.MIN_VALUE));
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    });
  }
}
