package io.lamella.bench.query;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;

/// A server of the Prometheus HTTP API.
///
/// @param pid its process, where it is one of this machine that the benchmark started
public record QueryServer(String name, String url, OptionalLong pid) {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// An answer as it came, and how long it took from the first byte sent to the last received.
  public record Reply(int status, String body, long nanos) {
    public boolean isSuccess() {
      return status == 200;
    }
  }

  public Reply ask(HttpClient client, BenchQuery question)
      throws IOException, InterruptedException {
    return get(client, question.address());
  }

  /// Gets anything the server has.
  public Reply get(HttpClient client, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build();
    long started = System.nanoTime();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Reply(response.statusCode(), response.body(), System.nanoTime() - started);
  }
}
