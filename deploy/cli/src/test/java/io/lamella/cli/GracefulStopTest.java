package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process that is asked to end, idle and with a client that is slow to read.
@Timeout(90)
class GracefulStopTest {
  /// Many megabytes of JSON, more than fit between server and client.
  private static final String LARGE =
      "/api/v1/query_range?start=1748736000&end=1748995200&step=24&query=%7B__name__%3D~%22aegis_pool_capacity%7Cnetwork_snmp_interface_admin_status%22%7D";

  @TempDir static Path data;
  @TempDir Path root;

  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeAll
  static void convert() throws Exception {
    ConvertedBlocks.convert(ConvertedBlocks.demo(), data.resolve("store"));
  }

  private LaunchedProcess serve(String... flags) throws Exception {
    port = LaunchedProcess.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve",
                "--store",
                data.resolve("store").toString(),
                "--listen",
                "127.0.0.1:" + port));
    arguments.addAll(List.of(flags));
    LaunchedProcess process =
        LaunchedProcess.start(
            Files.createDirectory(root.resolve("launcher")), List.of(), arguments);
    process.awaitReady(client, port);
    return process;
  }

  /// Asks for a large response and reads its first bytes only.
  private Socket slowReader() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket
        .getOutputStream()
        .write(
            ("GET " + LARGE + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    byte[] begin = socket.getInputStream().readNBytes(15);
    assertEquals("HTTP/1.1 200 OK", new String(begin, StandardCharsets.US_ASCII));
    return socket;
  }

  private static void awaitLog(LaunchedProcess process, String text) throws Exception {
    while (!process.log().contains(text)) {
      assertTrue(process.isAlive(), process.log());
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void anIdleProcessEndsAtOnceWithExitCodeZero() throws Exception {
    try (LaunchedProcess process = serve()) {
      process.terminate();

      assertEquals(0, process.exitCode());
      assertTrue(process.log().contains("stopped drained=0 cut=0"), process.log());
    }
  }

  private int ready() throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready")).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void activeRequestsEndWhileNewOnesAreRefused() throws Exception {
    try (LaunchedProcess process = serve();
        Socket reader = slowReader()) {
      process.terminate();
      awaitLog(process, "stopping");

      assertEquals(503, ready(), "on a connection that was open before");
      awaitRefusal();
      assertTrue(process.isAlive());
      byte[] rest = reader.getInputStream().readAllBytes();
      String end = new String(rest, rest.length - 9, 9, StandardCharsets.US_ASCII);

      assertTrue(end.endsWith("0\r\n\r\n"), () -> "the response is complete: " + end);
      assertEquals(0, process.exitCode());
      assertTrue(process.log().contains("stopped drained=1 cut=0"), process.log());
    }
  }

  /// The listening socket is closed a moment after the log says that the server stops.
  private void awaitRefusal() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try {
        new Socket("127.0.0.1", port).close();
      } catch (ConnectException e) {
        return;
      }
      assertTrue(System.nanoTime() < end, "connections are still accepted");
      Thread.sleep(5);
    }
  }

  @Test
  void whatDoesNotEndInTimeIsCutOffAndReported() throws Exception {
    try (LaunchedProcess process = serve("--web.shutdown-timeout=300ms");
        Socket reader = slowReader()) {
      process.terminate();

      assertEquals(0, process.exitCode());
      String report =
          process.log().lines().filter(l -> l.contains("stopped ")).findFirst().orElseThrow();
      assertTrue(report.contains("drained=0 cut=1 "), report);
      assertTrue(report.contains("aegis_pool_capacity"), report);
      InputStream in = reader.getInputStream();
      assertTrue(endsEarly(in), "the client sees that its response is incomplete");
    }
  }

  private static boolean endsEarly(InputStream in) {
    try {
      byte[] rest = in.readAllBytes();
      return !new String(rest, StandardCharsets.UTF_8).endsWith("0\r\n\r\n");
    } catch (IOException e) {
      return true;
    }
  }
}
