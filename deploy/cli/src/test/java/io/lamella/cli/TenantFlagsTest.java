package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process whose tenants are given by flags.
@Timeout(90)
class TenantFlagsTest {
  @TempDir Path root;

  @Test
  void tenantsOfAFileAreServedAndReadAgain() throws Exception {
    Path bucket = Files.createDirectory(root.resolve("bucket"));
    try (ObjectStore store = DirectoryObjectStore.open(bucket)) {
      TenantGateway.publish(root, store, "a", 111, "x");
      TenantGateway.publish(root, store, "b", 222, "x");
    }
    Path file = Files.writeString(root.resolve("tenants.yml"), "tenants: {a: {}}");
    int port = LaunchedProcess.freePort();
    try (LaunchedProcess process =
            LaunchedProcess.start(
                Files.createDirectory(root.resolve("launcher")),
                List.of(),
                List.of(
                    "serve",
                    "--store",
                    bucket.toString(),
                    "--listen",
                    "127.0.0.1:" + port,
                    "--tenant-header",
                    "THANOS-TENANT",
                    "--tenant.config-file",
                    file.toString()));
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, port);
      HttpResponse<String> ofA = query(client, port, "a");
      assertTrue(ofA.body().contains("\"111\""), ofA::body);
      assertEquals(401, query(client, port, "b").statusCode());

      Files.writeString(file, "tenants: {a: {}, b: {}}");
      while (query(client, port, "b").statusCode() == 401) {
        TimeUnit.MILLISECONDS.sleep(20);
      }

      assertTrue(query(client, port, "b").body().contains("\"222\""));
    }
  }

  private static HttpResponse<String> query(HttpClient client, int port, String tenant)
      throws Exception {
    String uri =
        "http://127.0.0.1:" + port + "/api/v1/query?query=requests&time=" + TenantGateway.TIME;
    return client.send(
        HttpRequest.newBuilder(URI.create(uri)).header("THANOS-TENANT", tenant).build(),
        BodyHandlers.ofString());
  }

  private String error(String... flags) throws Exception {
    CommandRun run = CommandRun.of(flags);
    assertEquals(2, run.exitCode(), run.err());
    return run.err();
  }

  @Test
  void flagsThatDoNotFitAreRefused() throws Exception {
    String store = root.toString();
    String file = Files.writeString(root.resolve("t.yml"), "tenants: {a: {}}").toString();

    assertTrue(error("serve", "--store", store, "--tenant-header", "T").contains("give both"));
    assertTrue(
        error("serve", "--store", store, "--tenant.config-file", file).contains("give both"));
    assertTrue(
        error("serve", "--store", store, "--tenant-header", "a b", "--tenant.config-file", file)
            .contains("not the name of a header"));
  }
}
