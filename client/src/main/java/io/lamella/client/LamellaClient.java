package io.lamella.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A client of one gateway. Immutable and thread-safe.
public final class LamellaClient {
  /// More of an error than any gateway sends.
  private static final int MAX_ERROR_BYTES = 1 << 20;

  private final String url;
  private final HttpClient http;
  private final Map<String, String> headers;
  private final Duration timeout;

  private LamellaClient(
      String url, HttpClient http, Map<String, String> headers, Duration timeout) {
    this.url = url;
    this.http = http;
    this.headers = Map.copyOf(headers);
    this.timeout = timeout;
  }

  /// A client with the JDK's defaults for connections, that waits five minutes for a response to
  /// begin.
  ///
  /// @param gateway its URL, such as `http://lamella:9090`, with a prefix of its paths if it has
  ///   one
  public static LamellaClient of(URI gateway) {
    return of(
        gateway,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build());
  }

  /// A client with another way to connect, such as with certificates or through a proxy.
  public static LamellaClient of(URI gateway, HttpClient http) {
    String url = gateway.toString();
    return new LamellaClient(
        url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
        http,
        Map.of(),
        Duration.ofMinutes(5));
  }

  /// The same with a header in each request: a tenant, or `Authorization`.
  public LamellaClient withHeader(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new LamellaClient(url, http, more, timeout);
  }

  /// The same with another time to wait until a response begins.
  public LamellaClient withTimeout(Duration other) {
    return new LamellaClient(url, http, headers, other);
  }

  /// Starts a backtest. To be closed, which cancels it unless it is done.
  ///
  /// @throws LamellaException where the gateway refuses it; [LamellaException#field] tells why
  public RunningBacktest backtest(BacktestRequest request)
      throws IOException, InterruptedException {
    boolean isJson = request.text().stripLeading().startsWith("{");
    InputStream body =
        send(
            "/api/v1/backtest?format=ndjson",
            isJson ? "application/json" : "application/yaml",
            request.text());
    try {
      return new RunningBacktest(body);
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }

  /// Evaluates an expression at a time.
  public QueryResult query(String expr, Instant time) throws IOException, InterruptedException {
    return QueryResult.of(
        form("/api/v1/query", Map.of("query", List.of(expr), "time", List.of(time.toString()))));
  }

  /// Evaluates an expression at `start`, `start + step`, … up to `end`.
  public QueryResult queryRange(String expr, Instant start, Instant end, Duration step)
      throws IOException, InterruptedException {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    parameters.put("query", List.of(expr));
    parameters.put("start", List.of(start.toString()));
    parameters.put("end", List.of(end.toString()));
    parameters.put("step", List.of(Durations.text(step)));
    return QueryResult.of(form("/api/v1/query_range", parameters));
  }

  /// What is associated with some ids at a time, by these ids.
  ///
  /// @param type such as `pools`, as the gateway's configuration names it
  /// @param ids all that have associated ids where there are none
  public Map<String, List<String>> associations(String type, Collection<String> ids, Instant time)
      throws IOException, InterruptedException {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    parameters.put("type", List.of(type));
    parameters.put("id", List.copyOf(ids));
    parameters.put("time", List.of(time.toString()));
    Map<?, ?> data = Json.members(form("/api/v1/associations", parameters), "data");
    Map<String, List<String>> out = new LinkedHashMap<>();
    for (Object id : data.keySet()) {
      out.put(String.valueOf(id), Json.texts(Json.list(data, String.valueOf(id))));
    }
    return out;
  }

  private Map<?, ?> form(String path, Map<String, List<String>> parameters)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    parameters.forEach((name, values) -> {
      for (String v : values) {
        text.append(text.length() == 0 ? "" : "&")
            .append(name)
            .append('=')
            .append(URLEncoder.encode(v, StandardCharsets.UTF_8));
      }
    });
    try (InputStream in = send(path, "application/x-www-form-urlencoded", text.toString())) {
      return Json.object(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /// The body of a successful response; the caller closes it.
  private InputStream send(String path, String contentType, String text)
      throws IOException, InterruptedException {
    BodyPublisher body = BodyPublishers.ofString(text);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(timeout)
            .header("Content-Type", contentType)
            .POST(body);
    headers.forEach(request::header);
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream in = response.body()) {
      throw failure(
          response.statusCode(),
          new String(in.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8));
    }
  }

  private static LamellaException failure(int status, String body) {
    try {
      Map<?, ?> error = Json.object(body);
      return new LamellaException(status, Json.text(error, "errorType"), Json.text(error, "error"));
    } catch (IOException e) {
      // A proxy, or something that is no gateway.
      return new LamellaException(status, "", "HTTP status " + status + ": " + body.strip());
    }
  }
}
