package io.lamella.cli.thanos;

import io.lamella.cli.ConvertedBlocks;
import io.lamella.gateway.Gateway;
import io.lamella.gateway.http.ApiServer;
import io.lamella.gateway.http.ApiServer.HttpOptions;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A gateway's HTTP server over a bucket, and a client of it.
final class HttpGateway implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectStore store;
  private final Gateway gateway;
  private final ApiServer server;

  private HttpGateway(ObjectStore store, HttpOptions options) throws Exception {
    this.store = store;
    gateway = Gateway.open(store, ConvertedBlocks.withoutPageCache());
    server = gateway.serve(options, new ApiServer.BuildInfo("t", ""));
  }

  static HttpGateway open(Path bucket, HttpOptions options) throws Exception {
    return new HttpGateway(DirectoryObjectStore.open(bucket), options);
  }

  int port() {
    return server.port();
  }

  /// @param parameters names and values
  HttpResponse<String> get(String path, String... parameters) throws Exception {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      query
          .append(i == 0 ? '?' : '&')
          .append(URLEncoder.encode(parameters[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path + query)).build(),
        BodyHandlers.ofString());
  }

  JsonNode json(String path, String... parameters) throws Exception {
    return JSON.readTree(get(path, parameters).body());
  }

  @Override
  public void close() {
    server.close();
    gateway.close();
    store.close();
    client.close();
  }
}
