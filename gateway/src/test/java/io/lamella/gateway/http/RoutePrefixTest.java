package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.metrics.GatewayMetrics;
import io.lamella.gateway.request.Telemetry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths below a prefix.
class RoutePrefixTest {
  private final Telemetry telemetry = Telemetry.of(new GatewayMetrics());
  private final List<String> active = new CopyOnWriteArrayList<>();
  private final ApiServer server =
      EmptySource.serve(
          ApiServer.HttpOptions.LOCAL.withWeb(
              new WebOptions(Optional.empty(), "/metrics/old", "/public")),
          () -> telemetry.active().list().forEach(q -> active.add(q.origin().path())),
          telemetry);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        BodyHandlers.ofString());
  }

  @Test
  void anActiveQueryIsShownWithThePathThatItsClientSent() throws Exception {
    assertEquals(200, get("/metrics/old/api/v1/query?query=up").statusCode());

    assertEquals("/metrics/old/api/v1/query", active.getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/query?query=vector(1)",
        "/api/v1/label/job/values",
        "/api/v1/label/U__a_2F_b/values",
        "/-/healthy",
        "/-/ready",
        "/metrics",
        "/version",
        "/",
        ""
      })
  void everythingIsBelowThePrefix(String path) throws Exception {
    HttpResponse<String> response = get("/metrics/old" + path);

    assertEquals(200, response.statusCode(), response::body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/v1/query?query=1", "/-/healthy", "/metrics", "/metrics/older", "/public/"})
  void nothingIsBesideIt(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertEquals(404, response.statusCode());
    assertTrue(response.body().startsWith("{\"status\":\"error\""), response.body());
  }

  @Test
  void aFormIsReadBelowIt() throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/metrics/old/api/v1/query"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("query=vector(7)"))
            .build();

    HttpResponse<String> response = client.send(post, BodyHandlers.ofString());

    assertTrue(response.body().contains("\"7\""), response.body());
  }

  @Test
  void theRootLeadsThere() throws Exception {
    HttpResponse<String> response = get("/");

    assertEquals(302, response.statusCode());
    assertEquals(Optional.of("/metrics/old/"), response.headers().firstValue("Location"));
  }

  @Test
  void linksAreThoseOfClients() throws Exception {
    assertTrue(get("/metrics/old/").body().contains(" /public/api/v1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metrics/old/../../metrics",
        "/metrics/old/..",
        "/metrics/old/%2e%2e/old/-/healthy",
        "/metrics/old/../old/-/healthy"
      })
  void dotsLeadNowhereElse(String path) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write(ServedSource.get(path).getBytes("UTF-8"));
      String all = ServedSource.all(socket);
      assertTrue(all.startsWith("HTTP/1.1 40"), all);
    }
  }
}
