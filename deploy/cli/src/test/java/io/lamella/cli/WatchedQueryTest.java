package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.log.LoggedQuery;
import io.lamella.gateway.trace.OtlpReceiver;
import io.lamella.gateway.trace.OtlpReceiver.Received;
import io.lamella.gateway.trace.OtlpTracing;
import io.lamella.gateway.trace.Tracing;
import io.lamella.gateway.trace.TracingConfig;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a query over real blocks leaves in its trace and in the query log.
@Timeout(60)
class WatchedQueryTest {
  private static final String QUERY =
      "sum(rate(edge_http_requests_total{code=\"200\",dc_id=\"45\"}[10m]))";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  @TempDir static Path data;

  private final List<LoggedQuery> logged = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void convert() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), data.resolve("store"));
  }

  private HttpResponse<String> ask(Tracing tracing, String expression) throws Exception {
    try (ObjectStore store = DirectoryObjectStore.open(data.resolve("store"));
        Gateway gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache());
        ApiServer server =
            gateway.serve(
                ApiServer.HttpOptions.LOCAL,
                new ApiServer.BuildInfo("t", ""),
                gateway.telemetry(tracing, logged::add));
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:"
                              + server.port()
                              + "/api/v1/query_range?start=1748822400&end=1748829600&step=60&query="
                              + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
                  .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                  .build(),
              BodyHandlers.ofString());
      assertTrue(gateway.active().awaitNone(Duration.ofSeconds(20)), "the request has ended");
      return response;
    }
  }

  private static void assertParent(Received child, List<Received> parents) {
    assertTrue(
        parents.stream().anyMatch(p -> p.spanId().equals(child.parentId())),
        () -> child + " has another parent than one of " + parents);
  }

  @Test
  void aTraceHasEachStageFromTheRequestToTheReads() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (Tracing tracing =
          OtlpTracing.open(
              TracingConfig.parse(
                  "{type: OTLP, config: {insecure: true, endpoint: '" + receiver.endpoint() + "'}}",
                  Map.of()),
              "t")) {
        assertEquals(200, ask(tracing, QUERY).statusCode());
      }

      List<Received> request = receiver.spans("GET /api/v1/query_range");
      List<Received> evaluate = receiver.spans("evaluate");
      List<Received> select = receiver.spans("select");
      List<Received> batches = receiver.spans("fetch batch");
      assertTrue(receiver.spans().stream().allMatch(s -> s.traceId().equals(TRACE)));
      assertEquals(1, request.size());
      assertEquals(QUERY, request.getFirst().attributes().get("query"));
      for (String stage : List.of("queue", "evaluate", "write")) {
        assertParent(receiver.spans(stage).getFirst(), request);
      }
      assertParent(select.getFirst(), evaluate);
      for (Received batch : batches) {
        assertParent(batch, select);
      }
      List<Received> reads =
          receiver.spans("read").stream()
              .filter(r -> r.attributes().getOrDefault("object", "").contains("chunks"))
              .toList();
      assertTrue(!reads.isEmpty());
      for (Received read : reads) {
        assertParent(read, batches);
        assertTrue(Long.parseLong(read.attributes().getOrDefault("bytes", "0")) > 0);
      }
      assertTrue(receiver.spans("decode labels").size() > 0);
      assertEquals(Optional.of(TRACE), logged.getFirst().traceId());
    }
  }

  @Test
  void aQueryIsLoggedWithItsCost() throws Exception {
    assertEquals(200, ask(Tracing.OFF, QUERY).statusCode());

    LoggedQuery query = logged.getFirst();
    assertEquals(1, logged.size());
    assertEquals(
        new LoggedQuery.Request("127.0.0.1", "GET", "/api/v1/query_range"), query.request());
    assertEquals(QUERY, query.params().query());
    assertEquals("2025-06-02T00:00:00Z", query.params().start().toString());
    assertEquals("PT1M", query.params().step().toString());
    assertTrue(query.cost().ran().toNanos() > 0);
    assertTrue(query.cost().total().compareTo(query.cost().ran()) >= 0);
    assertTrue(query.cost().samples().totalQueryable() > 0);
    assertTrue(query.cost().fetched().reads() > 0);
    assertTrue(query.cost().fetched().bytes() > 0);
    assertEquals(Optional.empty(), query.error());
    assertEquals(Optional.empty(), query.traceId());
  }

  @Test
  void aQueryThatFailsIsLoggedWithItsError() throws Exception {
    assertEquals(400, ask(Tracing.OFF, "sum(").statusCode());

    assertTrue(logged.getFirst().error().orElse("").contains("parse error"), logged::toString);
  }
}
