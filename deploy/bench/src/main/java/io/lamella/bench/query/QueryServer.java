package io.lamella.bench.query;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;

/// A server with the Prometheus HTTP API.
///
/// @param pid process id, where the benchmark started the server on this machine
public record QueryServer(String name, String url, OptionalLong pid) {
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /// A response, and the nanoseconds from sending the request to the last byte received.
  public record QueryResponse(int status, String body, long nanos) {
    public boolean isSuccess() {
      return status == 200;
    }
  }

  public QueryResponse run(HttpClient client, BenchQuery query)
      throws IOException, InterruptedException {
    return get(client, query.address());
  }

  /// Sends a GET request for any path.
  public QueryResponse get(HttpClient client, String path)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).build();
    long started = System.nanoTime();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new QueryResponse(response.statusCode(), response.body(), System.nanoTime() - started);
  }
}
