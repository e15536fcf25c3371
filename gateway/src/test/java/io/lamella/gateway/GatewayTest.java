package io.lamella.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lamella.gateway.http.ApiServer;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class GatewayTest {
  private static int status(HttpClient client, ApiServer server, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void theServerStartsBeforeTheCatalogIsReadAndReportsNotReady() throws Exception {
    try (MemoryObjectStore store = new MemoryObjectStore();
        Gateway gateway = Gateway.unloaded(store, GatewayOptions.defaults());
        ApiServer server =
            gateway.serve(ApiServer.HttpOptions.LOCAL, new ApiServer.BuildInfo("t", ""));
        HttpClient client = HttpClient.newHttpClient()) {
      assertEquals(200, status(client, server, "/-/healthy"));
      assertEquals(503, status(client, server, "/-/ready"));
      assertEquals(503, status(client, server, "/api/v1/query?query=up"));

      gateway.load();

      assertEquals(200, status(client, server, "/-/ready"));
      assertEquals(200, status(client, server, "/api/v1/query?query=up"));
    }
  }
}
