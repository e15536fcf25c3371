package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import io.lamella.model.Matcher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Responses as they are on the wire, sent in pieces: text and compression.
class ResponseBodyTest {
  private static final int STEPS = 10_000;

  private final HttpClient client = HttpClient.newHttpClient();
  private ApiServer server = start(Compression.AUTO);

  private static ApiServer start(Compression compression) {
    return EmptySource.serve(new ApiServer.HttpOptions("127.0.0.1", 0, compression));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /// The steps are the seconds from 0 on.
  private HttpResponse<byte[]> range(String query, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:"
                    + server.port()
                    + "/api/v1/query_range?start=0&end="
                    + (STEPS - 1)
                    + "&step=1&query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8)));
    headers.forEach(request::header);
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) throws IOException {
    byte[] body = response.body();
    if (response.headers().firstValue("Content-Encoding").isPresent()) {
      assertEquals("gzip", response.headers().firstValue("Content-Encoding").get());
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  private static boolean isCompressed(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Content-Encoding").isPresent();
  }

  private static String matrix(String... series) {
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
        + String.join(",", series)
        + "]}}";
  }

  /// A series whose value at a second is that second.
  private static String seconds(String labels, int from, int to) {
    StringBuilder out = new StringBuilder("{\"metric\":{" + labels + "},\"values\":[");
    for (int t = from; t < to; t++) {
      out.append(t > from ? "," : "").append("[" + t + ",\"" + t + "\"]");
    }
    return out.append("]}").toString();
  }

  @Test
  void seriesKeepTheirOwnTimes() throws Exception {
    String query =
        "label_replace(vector(time()), 'a', '1', '', '')"
            + " or label_replace(vector(time()) < 7, 'a', '2', '', '')"
            + " or label_replace(vector(time()) >= 9000, 'a', '3', '', '')"
            + " or label_replace(vector(time()) < 9, 'a', '4', '', '')";

    HttpResponse<byte[]> response = range(query, Map.of());

    assertEquals(200, response.statusCode());
    assertEquals(
        matrix(
            seconds("\"a\":\"1\"", 0, STEPS),
            seconds("\"a\":\"2\"", 0, 7),
            seconds("\"a\":\"3\"", 9000, STEPS),
            seconds("\"a\":\"4\"", 0, 9)),
        text(response));
  }

  @Test
  void zeroAndMinusZeroArePrintedDifferently() throws Exception {
    String body = text(range("vector(0) * (1 - 2 * (time() % 2))", Map.of()));

    assertTrue(
        body.contains("\"values\":[[0,\"0\"],[1,\"-0\"],[2,\"0\"],[3,\"-0\"]"),
        body.substring(0, 120));
  }

  @Test
  void responsesToLocalClientsAreNotCompressed() throws Exception {
    Map<String, String> gzip = Map.of("Accept-Encoding", "gzip");
    HttpResponse<byte[]> local = range("vector(time())", gzip);
    HttpResponse<byte[]> proxied =
        range("vector(time())", Map.of("Accept-Encoding", "gzip", "X-Forwarded-For", "192.0.2.7"));

    assertTrue(!isCompressed(local));
    assertTrue(isCompressed(proxied));
    assertEquals(matrix(seconds("", 0, STEPS)), text(proxied));
    assertEquals(text(proxied), text(local));
  }

  @Test
  void compressionIsConfigurable() throws Exception {
    Map<String, String> remote = Map.of("Accept-Encoding", "gzip", "Via", "1.1 proxy");
    server.close();
    server = start(Compression.ALWAYS);
    assertTrue(isCompressed(range("vector(time())", Map.of("Accept-Encoding", "gzip"))));
    assertTrue(!isCompressed(range("vector(time())", Map.of())));
    server.close();
    server = start(Compression.NONE);
    assertTrue(!isCompressed(range("vector(time())", remote)));
  }

  @Test
  void responsesAreEncodedAsTheClientPrefers() throws Exception {
    server.close();
    server = start(Compression.ALWAYS);
    for (String accepted : new String[] {"zstd", "gzip;q=0.5, zstd", "gzip, zstd;q=0.9"}) {
      HttpResponse<byte[]> response = range("vector(time())", Map.of("Accept-Encoding", accepted));
      String coding = response.headers().firstValue("Content-Encoding").orElse("");
      InputStream body = new ByteArrayInputStream(response.body());

      assertEquals(accepted.endsWith("0.9") ? "gzip" : "zstd", coding);
      assertEquals(
          matrix(seconds("", 0, STEPS)),
          new String(
              (coding.equals("zstd") ? new ZstdInputStream(body) : new GZIPInputStream(body))
                  .readAllBytes(),
              StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyResponseSaysThatItVaries() throws Exception {
    for (String query : new String[] {"vector(time())", "1", "sum("}) {
      assertEquals(
          "Accept-Encoding, Origin",
          range(query, Map.of()).headers().firstValue("Vary").orElse(""));
    }
  }

  @Test
  void errorsAreNotEncoded() throws Exception {
    server.close();
    server = start(Compression.ALWAYS);
    HttpResponse<byte[]> response = range("sum(", Map.of("Accept-Encoding", "zstd"));

    assertEquals(400, response.statusCode());
    assertTrue(!isCompressed(response));
    assertTrue(text(response).startsWith("{\"status\":\"error\""));
  }

  @Test
  void pagesOfAllowedOriginsMayReadResponsesAndErrors() throws Exception {
    for (String allowed : new String[] {".*", "https?://grafana\\..*", "https://other"}) {
      server.close();
      server =
          EmptySource.serve(
              ApiServer.HttpOptions.LOCAL.withCorsOrigin(
                  Matcher.of(Matcher.Type.REGEX, "Origin", allowed)));
      String expected =
          switch (allowed) {
            case ".*" -> "*";
            case "https://other" -> "";
            default -> "http://grafana.example";
          };
      for (String query : new String[] {"vector(time())", "sum("}) {
        assertEquals(expected, allowedOrigin(query), allowed);
      }
    }
  }

  @Test
  void pagesOfOtherServersMayReadNothingByDefault() throws Exception {
    assertEquals("", allowedOrigin("vector(time())"));
  }

  private String allowedOrigin(String query) throws Exception {
    return range(query, Map.of("Origin", "http://grafana.example"))
        .headers()
        .firstValue("Access-Control-Allow-Origin")
        .orElse("");
  }
}
