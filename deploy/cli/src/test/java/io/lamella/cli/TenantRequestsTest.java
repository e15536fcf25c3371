package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.grpc.Services;
import io.lamella.gateway.http.AdminServer;
import io.lamella.gateway.query.ActiveQuery;
import io.lamella.gateway.wire.thanos.LabelValuesRequest;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that name their tenant, or do not as they should.
@Timeout(60)
class TenantRequestsTest {
  private static final String QUERY = "/api/v1/query?query=1";
  private static final LabelValuesRequest VALUES =
      LabelValuesRequest.newBuilder().setLabel("dc_id").setEnd(Long.MAX_VALUE).build();

  @TempDir Path directory;
  private TenantGateway gateway;

  @BeforeEach
  void open() throws Exception {
    MemoryObjectStore store = new MemoryObjectStore();
    TenantGateway.publish(directory, store, "a", 111, "x");
    TenantGateway.publish(directory, store, "b", 222, "y");
    TenantGateway.publish(directory, store, "unknown", 333, "z");
    gateway = TenantGateway.open(store, GatewayOptions.defaults(), "tenants: {a: {}, b: {}}");
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void aRequestWithoutATenantIsNotAuthorized() throws Exception {
    for (String path :
        List.of(
            QUERY,
            "/api/v1/labels",
            "/api/v1/status/tsdb/blocks",
            "/api/v1/status/self_metrics",
            "/api/v1/stores",
            "/federate?match[]=up")) {
      HttpResponse<String> response = gateway.send(gateway.request(path.replace("[]", "%5B%5D")));

      assertEquals(401, response.statusCode(), path);
      assertTrue(response.body().contains("X-Scope-OrgID is missing"), response::body);
    }
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"unauthorized\",\"error\":\"no tenant: X-Scope-OrgID is missing\"}",
        gateway.send(gateway.request(QUERY)).body());
    assertEquals(
        401,
        gateway
            .send(
                gateway
                    .request("/api/v1/read")
                    .header("Content-Type", "application/x-protobuf")
                    .header("Content-Encoding", "snappy")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {0})))
            .statusCode());
    assertTrue(
        gateway.metrics().contains("lamella_tenant_refused_requests_total{reason=\"missing\"} 8"),
        gateway::toString);
  }

  @Test
  void whatTellsOfTheProcessNeedsNoTenant() throws Exception {
    for (String path : List.of("/-/healthy", "/-/ready", "/metrics", "/version")) {
      assertEquals(200, gateway.send(gateway.request(path)).statusCode(), path);
    }
  }

  @Test
  void anUnknownTenantIsNotAuthorizedAndOpensNothing() throws Exception {
    HttpResponse<String> response = gateway.get("unknown", QUERY.substring(0, 13), "query", "1");

    assertEquals(401, response.statusCode());
    assertTrue(response.body().contains("no such tenant"), response::body);
    String metrics = gateway.metrics();
    assertTrue(metrics.contains("lamella_catalog_blocks{tenant=\"a\"} 1.0"), metrics);
    assertFalse(metrics.contains("tenant=\"unknown\""), metrics);
  }

  /// Sends a head as it is: clients of the JDK refuse to send some of these.
  private String status(String... headers) throws Exception {
    String head =
        "GET "
            + QUERY
            + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
            + "\r\n";
    try (Socket socket = new Socket("127.0.0.1", gateway.server.port())) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      String response =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return response.substring("HTTP/1.1 ".length()).substring(0, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "..",
        "../b",
        "b/../a",
        "a/",
        "/a",
        "a/blocks",
        "a\\b",
        "a b",
        "a,b",
        "a|b",
        "a%2Fb",
        "a\u0001",
        "a\u007f",
        "a\tb",
        "\u00e4",
        "a;b",
        "a:b",
        "a\"",
        "${a}",
        "a\u0000"
      })
  void whatIsNoNameIsRefused(String name) throws Exception {
    assertEquals("400", status("X-Scope-OrgID: " + name));
  }

  @Test
  void aNameThatIsTooLongIsRefused() throws Exception {
    assertEquals("401", status("X-Scope-OrgID: " + "a".repeat(150)));
    assertEquals("400", status("X-Scope-OrgID: " + "a".repeat(151)));
  }

  @Test
  void severalHeadersAreRefused() throws Exception {
    assertEquals("200", status("X-Scope-OrgID: a"));
    assertEquals("200", status("x-scope-orgid: a"));
    assertEquals("400", status("X-Scope-OrgID: a", "X-Scope-OrgID: b"));
    assertEquals("400", status("X-Scope-OrgID: a", "X-Scope-OrgID: a"));
    assertEquals("400", status("X-Scope-OrgID: a", "X-Scope-OrgID:"));
    assertEquals("401", status("X-Scope-OrgID:"));
  }

  @Test
  void byHttpNoOtherHeaderNamesTheTenant() throws Exception {
    assertEquals("401", status("THANOS-TENANT: a"));
    assertEquals("200", status("X-Scope-OrgID: a", "THANOS-TENANT: b"));
  }

  private Status.Code call(String... metadata) {
    return assertThrows(
            StatusRuntimeException.class,
            () -> gateway.call(Services.STORE_LABEL_VALUES, VALUES, metadata))
        .getStatus()
        .getCode();
  }

  @Test
  void byGrpcTheTenantIsNamedInTheMetadata() {
    for (String key : List.of("x-scope-orgid", "thanos-tenant")) {
      assertEquals(
          List.of("y"),
          gateway.call(Services.STORE_LABEL_VALUES, VALUES, key, "b").getFirst().getValuesList());
      assertEquals(Status.Code.UNAUTHENTICATED, call(key, "unknown"));
      assertEquals(Status.Code.INVALID_ARGUMENT, call(key, "../b"));
      assertEquals(Status.Code.INVALID_ARGUMENT, call(key, "a", key, "b"));
    }
    assertEquals(Status.Code.UNAUTHENTICATED, call());
    assertEquals(Status.Code.INVALID_ARGUMENT, call("x-scope-orgid", "a", "thanos-tenant", "b"));
  }

  @Test
  void cachesTellResponsesOfTenantsApart() throws Exception {
    assertEquals(
        Optional.of("Accept-Encoding, Origin, X-Scope-OrgID"),
        gateway.get("a", "/api/v1/labels").headers().firstValue("Vary"));
  }

  @Test
  void aQueryIsLoggedWithItsTenant() throws Exception {
    gateway.query("b", "vector(1)");
    assertTrue(gateway.gateway.active().awaitNone(java.time.Duration.ofSeconds(20)));

    assertEquals(Optional.of("b"), gateway.logged.getFirst().request().tenant());
  }

  @Test
  void aTenantSeesAndKillsItsOwnActiveQueriesOnly() throws Exception {
    try (AdminServer admin =
            AdminServer.start(
                gateway.gateway.active(),
                Optional.of(TenantGateway.HEADER),
                new AdminServer.AdminAddress("127.0.0.1", 0));
        HttpClient client = HttpClient.newHttpClient();
        ActiveQuery ofA = active("a");
        ActiveQuery ofB = active("b")) {
      String list = "http://127.0.0.1:" + admin.port() + "/api/v1/admin/queries";
      HttpRequest.Builder seen =
          HttpRequest.newBuilder(URI.create(list)).header("X-Scope-OrgID", "a");
      HttpRequest.Builder all = HttpRequest.newBuilder(URI.create(list));
      HttpRequest.Builder kill =
          HttpRequest.newBuilder(URI.create(list + "/" + ofB.id()))
              .DELETE()
              .header("X-Scope-OrgID", "a");

      String own = client.send(seen.build(), BodyHandlers.ofString()).body();
      String everything = client.send(all.build(), BodyHandlers.ofString()).body();

      assertTrue(own.contains(ofA.id()) && !own.contains(ofB.id()), own);
      assertTrue(everything.contains(ofB.id()) && everything.contains("\"tenant\":\"b\""));
      assertEquals(404, client.send(kill.build(), BodyHandlers.ofString()).statusCode());
      assertEquals(Optional.empty(), ofB.killed());
    }
  }

  private ActiveQuery active(String tenant) {
    return gateway
        .gateway
        .active()
        .begin(new ActiveQuery.Origin("c", "GET", "/", Optional.of(tenant)));
  }
}
