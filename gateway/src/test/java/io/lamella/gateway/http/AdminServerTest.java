package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.request.Telemetry;
import io.lamella.promql.QueryException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class AdminServerTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final CountDownLatch released = new CountDownLatch(1);
  private final Telemetry telemetry = Telemetry.of(new GatewayMetrics());
  private final ApiServer server =
      EmptySource.serve(ApiServer.HttpOptions.LOCAL, this::awaitRelease, telemetry);
  private final AdminServer admin =
      AdminServer.start(
          telemetry.active(),
          java.util.Optional.empty(),
          new AdminServer.AdminAddress("127.0.0.1", 0));
  private final HttpClient client = HttpClient.newHttpClient();

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new QueryException.Cancelled("query was canceled in reading blocks");
    }
  }

  @AfterEach
  void close() {
    released.countDown();
    server.close();
    admin.close();
    client.close();
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private CompletableFuture<HttpResponse<String>> query(String expression) {
    return client.sendAsync(
        request(server.port(), "/api/v1/query?time=60&query=" + expression).build(),
        BodyHandlers.ofString());
  }

  private JsonNode queries() throws IOException, InterruptedException {
    return JSON.readTree(
            client
                .send(
                    request(admin.port(), "/api/v1/admin/queries").build(), BodyHandlers.ofString())
                .body())
        .get("data");
  }

  /// The active query with this expression, once it is in this state.
  private JsonNode await(String expression, String state) throws Exception {
    while (true) {
      for (JsonNode q : queries()) {
        if (q.get("query") != null
            && q.get("query").asString().equals(expression)
            && q.get("state").asString().equals(state)) {
          return q;
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private int kill(JsonNode query) throws IOException, InterruptedException {
    String path = "/api/v1/admin/queries/" + query.get("id").asString();
    return client
        .send(request(admin.port(), path).DELETE().build(), BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void aRunningQueryIsListedWithWhatItDoes() throws Exception {
    CompletableFuture<HttpResponse<String>> response = query("up");

    JsonNode listed = await("up", "running");

    assertEquals("127.0.0.1", listed.get("client").asString());
    assertEquals("GET", listed.get("method").asString());
    assertEquals("/api/v1/query", listed.get("path").asString());
    assertEquals("1970-01-01T00:01:00Z", listed.get("start").asString());
    assertTrue(listed.get("heldBytes").asLong() > 0);
    assertTrue(listed.get("age").asDouble() > 0);
    released.countDown();
    assertEquals(200, response.get().statusCode());
    while (!queries().isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void aKilledQueryTellsItsClient() throws Exception {
    CompletableFuture<HttpResponse<String>> response = query("up");

    assertEquals(200, kill(await("up", "running")));

    assertEquals(499, response.get().statusCode());
    assertEquals(
        "{\"status\":\"error\",\"errorType\":\"canceled\",\"error\":\"query was killed by an administrator\"}",
        response.get().body());
    released.countDown();
    assertEquals(200, query("up").get().statusCode(), "its permit is free again");
  }

  @Test
  void aQueryThatWaitsForAPermitCanBeKilledToo() throws Exception {
    CompletableFuture<HttpResponse<String>> running = query("up");
    await("up", "running");
    CompletableFuture<HttpResponse<String>> waiting = query("down");

    assertEquals(200, kill(await("down", "waiting")));

    assertEquals(499, waiting.get().statusCode());
    released.countDown();
    assertEquals(200, running.get().statusCode());
  }

  @Test
  void theMethodPostKillsAsWell() throws Exception {
    CompletableFuture<HttpResponse<String>> response = query("up");
    String id = await("up", "running").get("id").asString();

    client.send(
        request(admin.port(), "/api/v1/admin/queries/" + id + "/kill")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.discarding());

    assertEquals(499, response.get().statusCode());
  }

  @Test
  void anUnknownIdIsReported() throws Exception {
    assertEquals(404, kill(JSON.readTree("{\"id\":\"0123456789abcdef\"}")));
  }

  @Test
  void theApiItselfHasNoAdministration() throws Exception {
    assertEquals(
        404,
        client
            .send(
                request(server.port(), "/api/v1/admin/queries").build(), BodyHandlers.discarding())
            .statusCode());
  }
}
