package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.web.Certificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process whose address, TLS and paths are given by flags.
@Timeout(90)
class WebFlagsTest {
  @TempDir Path root;

  private LaunchedProcess serve(int port, String... flags) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--store",
                Files.createDirectory(root.resolve("store")).toString(),
                "--listen",
                "127.0.0.1:" + port));
    arguments.addAll(List.of(flags));
    return LaunchedProcess.start(
        Files.createDirectory(root.resolve("launcher")), List.of(), arguments);
  }

  private static HttpResponse<String> get(HttpClient client, String uri) throws Exception {
    return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
  }

  @Test
  void theWebConfigurationHoldsForTheProcess() throws Exception {
    Certificates certificates = new Certificates(root.resolve("certificates"));
    certificates.authority("ca");
    certificates.signed("server", "ca");
    Path file =
        Files.writeString(
            root.resolve("web.yml"),
            """
            tls_server_config:
              cert_file: certificates/server.pem
              key_file: certificates/server.key
            """);
    int port = LaunchedProcess.freePort();
    String url = "https://127.0.0.1:" + port;
    try (LaunchedProcess process = serve(port, "--web.config.file", file.toString());
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(certificates.client("ca", Optional.empty()))
                .build()) {
      process.awaitReady(client, URI.create(url));

      assertEquals(200, get(client, url + "/api/v1/query?query=up").statusCode());
      String flags = get(client, url + "/api/v1/status/flags").body();
      assertTrue(flags.contains("\"web.config.file\":\"" + file + "\""), flags);
      process.terminate();
      assertEquals(0, process.exitCode(), process.log());
      assertTrue(process.log().contains(" url=" + url), process.log());
    }
  }

  @Test
  void thePathOfTheExternalUrlIsThePrefixUnlessAnotherIsGiven() throws Exception {
    int port = LaunchedProcess.freePort();
    String url = "http://127.0.0.1:" + port;
    try (LaunchedProcess process =
            serve(port, "--web.external-url", "https://metrics.example/history/");
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, URI.create(url + "/history"));

      assertEquals(404, get(client, url + "/-/ready").statusCode());
      String flags = get(client, url + "/history/api/v1/status/flags").body();
      assertTrue(flags.contains("\"web.route-prefix\":\"/history\""), flags);
      String said = " url=" + url + "/history external_url=https://metrics.example/history/";
      assertTrue(process.log().contains(said), process.log());
    }
  }

  @Test
  void theRootMayBeServedBehindAnExternalPath() throws Exception {
    int port = LaunchedProcess.freePort();
    String url = "http://127.0.0.1:" + port;
    try (LaunchedProcess process =
            serve(
                port,
                "--web.external-url",
                "https://metrics.example/history",
                "--web.route-prefix",
                "/");
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, URI.create(url));

      assertTrue(get(client, url + "/").body().contains(" /history/api/v1"));
    }
  }
}
