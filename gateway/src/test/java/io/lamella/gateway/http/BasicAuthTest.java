package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.web.WebConfigFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Users and headers of a web configuration file.
@Timeout(120)
class BasicAuthTest {
  /// Of "sésame:öffne dich", by libxcrypt.
  private static final String HASH = "$2y$04$abcdefghijklmnopqrstuuBBbxnm8IOjn/xr2eBCGs6liO6dYfw4K";

  private static final String PASSWORD = "sésame:öffne dich";
  private static final String HEADERS =
      "http_server_config:\n  headers:\n    X-Frame-Options: deny\n";

  @TempDir Path directory;
  private Path file;
  private WebConfigFile config;
  private ApiServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void serve() throws Exception {
    file =
        Files.writeString(
            directory.resolve("web.yml"), HEADERS + "basic_auth_users:\n  grafana: " + HASH + "\n");
    config = WebConfigFile.open(file);
    server =
        EmptySource.serve(
            ApiServer.HttpOptions.LOCAL.withWeb(WebOptions.DEFAULT.withConfig(config)));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    config.close();
  }

  private HttpResponse<String> send(String method, String path, Optional<String> authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, BodyPublishers.noBody());
    authorization.ifPresent(a -> request.header("Authorization", a));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static Optional<String> basic(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
  }

  @Test
  void aUserWithThePasswordIsAnswered() throws Exception {
    for (String path : new String[] {"/api/v1/query?query=vector(1)", "/metrics", "/-/healthy"}) {
      assertEquals(200, send("GET", path, basic("grafana", PASSWORD)).statusCode(), path);
    }
  }

  @Test
  void nobodyElseIsWhateverTheyAskFor() throws Exception {
    for (String path :
        new String[] {"/api/v1/query?query=1", "/metrics", "/-/healthy", "/", "/nonsense"}) {
      for (String method : new String[] {"GET", "POST", "OPTIONS", "HEAD", "DELETE"}) {
        HttpResponse<String> response = send(method, path, Optional.empty());
        assertEquals(401, response.statusCode(), () -> method + " " + path);
        assertTrue(
            response.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic "));
      }
    }
    assertEquals(401, send("GET", "/", basic("grafana", "wrong")).statusCode());
    assertEquals(401, send("GET", "/", basic("nobody", PASSWORD)).statusCode());
    assertEquals(401, send("GET", "/", basic("", "")).statusCode());
    assertEquals(401, send("GET", "/", Optional.of("Basic !")).statusCode());
    assertEquals(401, send("GET", "/", Optional.of("Bearer token")).statusCode());
  }

  @Test
  void everyResponseHasTheHeaders() throws Exception {
    Optional<String> grafana = basic("grafana", PASSWORD);
    assertHeaders(send("GET", "/api/v1/query?query=vector(1)", grafana));
    assertHeaders(send("GET", "/api/v1/query?query=", grafana));
    assertHeaders(send("GET", "/nonsense", grafana));
    assertHeaders(send("GET", "/", Optional.empty()));
  }

  private static void assertHeaders(HttpResponse<String> response) {
    assertEquals(
        Optional.of("deny"),
        response.headers().firstValue("X-Frame-Options"),
        () -> response.statusCode() + " " + response.body());
  }

  @Test
  void changedUsersHoldWithoutARestart() throws Exception {
    Files.writeString(file, "basic_auth_users:\n  prometheus: " + HASH + "\n");

    ServedSource.await(() -> {
      try {
        return send("GET", "/", basic("grafana", PASSWORD)).statusCode() == 401;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
    assertEquals(200, send("GET", "/", basic("prometheus", PASSWORD)).statusCode());
  }

  @Test
  void requestsBeyondTheRateAreRefused() throws Exception {
    Files.writeString(file, Files.readString(file) + "rate_limit: {interval: 24h, burst: 1}\n");

    ServedSource.await(() -> {
      try {
        return send("GET", "/", Optional.empty()).statusCode() == 429;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }
}
