package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process with a small heap sends large answers to slow clients.
@Timeout(120)
class LargeAnswersTest {
  private static final int SERIES = 40;
  private static final int STEPS = 10_000;
  private static final long SAMPLES = (long) SERIES * STEPS;

  /// Encoded and as text; the texts together do not fit into the heap by far.
  private static final List<String> CODINGS = List.of("identity", "gzip", "zstd", "identity");

  private static final String HEAP = "-Xmx96m";

  @TempDir Path root;

  /// Values that do not repeat, so that encoded answers are large as well.
  ///
  /// @param startSeconds so that no two results are the same, which would be cached
  private static URI query(int port, long startSeconds) {
    String query =
        IntStream.range(0, SERIES)
            .mapToObj(i ->
                "label_replace(sin(vector(time()) * " + (i + 1) + "), 'i', '" + i + "', '', '')")
            .collect(Collectors.joining(" or "));
    return URI.create(
        "http://127.0.0.1:"
            + port
            + "/api/v1/query_range?step=1&start="
            + startSeconds
            + "&end="
            + (startSeconds + STEPS - 1)
            + "&query="
            + URLEncoder.encode(query, StandardCharsets.UTF_8));
  }

  private static InputStream decoded(HttpResponse<InputStream> response) throws IOException {
    InputStream body = response.body();
    return switch (response.headers().firstValue("Content-Encoding").orElse("identity")) {
      case "gzip" -> new GZIPInputStream(body);
      case "zstd" -> new ZstdInputStream(body);
      default -> body;
    };
  }

  private static long metric(HttpClient client, int port, String name) throws Exception {
    String text =
        client
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    Matcher line = Pattern.compile("(?m)^" + name + " (.*)$").matcher(text);
    assertTrue(line.find(), name);
    return (long) Double.parseDouble(line.group(1));
  }

  /// The quotes of a text, and its length. Each sample has two, each series more.
  private static long[] read(InputStream in) throws IOException {
    long quotes = 0;
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      bytes += n;
      for (int i = 0; i < n; i++) {
        quotes += buffer[i] == '"' ? 1 : 0;
      }
    }
    return new long[] {quotes, bytes};
  }

  @Test
  void neitherTextNorEncodedBytesAreHeldUntilClientsTakeThem() throws Exception {
    int port = LaunchedProcess.freePort();
    List<String> arguments =
        List.of(
            "serve",
            "--store",
            Files.createDirectory(root.resolve("store")).toString(),
            "--listen",
            "127.0.0.1:" + port,
            "--web.compression=always");
    try (LaunchedProcess process =
            LaunchedProcess.start(
                Files.createDirectory(root.resolve("launcher")), List.of(HEAP), arguments);
        HttpClient client = HttpClient.newHttpClient()) {
      process.awaitReady(client, port);
      List<HttpResponse<InputStream>> responses = new ArrayList<>();
      for (String coding : CODINGS) {
        long start = 1735689600 + responses.size();
        HttpRequest request =
            HttpRequest.newBuilder(query(port, start)).header("Accept-Encoding", coding).build();
        responses.add(client.send(request, BodyHandlers.ofInputStream()));
      }

      // All results are held, and nothing else of the answers.
      assertEquals(CODINGS.size(), metric(client, port, "lamella_queries_sending"));
      long held = metric(client, port, "lamella_query_memory_bytes");
      long results = CODINGS.size() * SAMPLES * Double.BYTES;
      assertTrue(held >= results && held < results * 5 / 2, held + " for results of " + results);

      List<long[]> read = new ArrayList<>();
      for (HttpResponse<InputStream> r : responses) {
        assertEquals(200, r.statusCode());
        try (InputStream in = decoded(r)) {
          read.add(read(in));
        }
      }
      for (long[] r : read) {
        assertTrue(r[0] > 2 * SAMPLES, () -> r[0] + " quotes");
        assertTrue(r[1] > 30 * SAMPLES, () -> r[1] + " bytes");
      }
      assertTrue(process.isAlive());
    }
  }
}
