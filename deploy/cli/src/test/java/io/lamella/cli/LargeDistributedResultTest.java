package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Half a million verdicts of two gateways are merged in a heap that could not hold them, while the
/// first gateway is slower than the second.
class LargeDistributedResultTest {
  private static final int VERDICTS = 500_000;
  private static final Pattern PART = Pattern.compile("part=(\\d+)/(\\d+)");
  private static final String SUMMARY =
      "{\"type\":\"summary\",\"ok\":0,\"conflict\":0,\"no_data\":0,\"error\":0,\"constraints\":[]}\n";

  @TempDir private Path directory;

  /// Parts that have been sent before the first one ends.
  private final CountDownLatch sentBefore = new CountDownLatch(4);

  private static String verdict(int number) {
    return "\"window\":\"w"
        + number / 500
        + "\",\"constraint\":\"c\",\"parameters\":{\"limit\":\""
        + number % 500
        + "\"},\"verdict\":\"conflict\",\"first\":\"2025-06-02T02:00:00Z\","
        + "\"last\":\"2025-06-02T02:30:00Z\",\"total_seconds\":60,\"longest_seconds\":60,"
        + "\"worst\":\"7\",\"series\":1,\"top\":[{\"metric\":{\"dc_id\":\"45\"},"
        + "\"first\":\"2025-06-02T02:00:00Z\",\"last\":\"2025-06-02T02:30:00Z\","
        + "\"total_seconds\":60,\"worst\":\"7\"}]}";
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Matcher m = PART.matcher(exchange.getRequestURI().getQuery());
    if (!m.find()) {
      throw new IOException("no part");
    }
    long part = Long.parseLong(m.group(1));
    long parts = Long.parseLong(m.group(2));
    int from = (int) ((part - 1) * VERDICTS / parts);
    int to = (int) (part * VERDICTS / parts);
    exchange.sendResponseHeaders(200, 0);
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8))) {
      out.write(
          "{\"type\":\"start\",\"request\":\"r\",\"engine\":\"e\",\"blocks\":[],\"verdicts\":"
              + VERDICTS
              + ",\"part\":{\"from\":"
              + from
              + ",\"to\":"
              + to
              + ",\"snapshot\":\"5\"}}\n");
      out.flush();
      for (int i = from; i < to; i++) {
        if (part == 1 && i == 10) {
          out.flush();
          sentBefore.await();
        }
        out.write("{\"type\":\"verdict\",\"number\":" + i + "," + verdict(i) + "\n");
      }
      out.write(SUMMARY);
      sentBefore.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpServer serve(ExecutorService threads) throws IOException {
    HttpServer out =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    out.createContext("/", this::answer);
    out.setExecutor(threads);
    out.start();
    return out;
  }

  private static String limits() {
    StringBuilder out = new StringBuilder("[0");
    for (int i = 1; i < 500; i++) {
      out.append(", ").append(i);
    }
    return out.append(']').toString();
  }

  private static String windows() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < VERDICTS / 500; i++) {
      out.append("  - {id: w").append(i).append(", start: 0, duration: 1h}\n");
    }
    return out.toString();
  }

  @Test
  void theMemoryOfAMergeIsBounded() throws Exception {
    Path request =
        Files.writeString(
            directory.resolve("backtest.yml"),
            "sweep: {limit: "
                + limits()
                + "}\nconstraints: [{name: c, expr: up > $limit}]\nwindows:\n"
                + windows());
    Path out = directory.resolve("out.ndjson");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer first = serve(threads);
      HttpServer second = serve(threads);
      try (LaunchedProcess cli =
          LaunchedProcess.start(
              Files.createDirectory(directory.resolve("root")),
              List.of("-Xmx64m"),
              List.of(
                  "backtest",
                  "-f",
                  request.toString(),
                  "--url",
                  "http://127.0.0.1:" + first.getAddress().getPort(),
                  "--url",
                  "http://127.0.0.1:" + second.getAddress().getPort(),
                  "-o",
                  "ndjson",
                  "--out",
                  out.toString()))) {
        assertEquals(3, cli.exitCode(), cli.log());
      } finally {
        for (long i = sentBefore.getCount(); i > 0; i--) {
          sentBefore.countDown();
        }
        first.stop(0);
        second.stop(0);
      }
    }
    try (BufferedReader lines = Files.newBufferedReader(out)) {
      lines.readLine();
      for (int i = 0; i < VERDICTS; i++) {
        assertEquals("{\"type\":\"verdict\"," + verdict(i), lines.readLine());
      }
      assertEquals(
          "{\"type\":\"summary\",\"ok\":0,\"conflict\":500000,", lines.readLine().substring(0, 43));
    }
  }
}
