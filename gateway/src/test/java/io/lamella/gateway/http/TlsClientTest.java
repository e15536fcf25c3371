package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.gateway.query.QuerySource;
import io.lamella.gateway.web.Certificates;
import io.lamella.gateway.web.WebConfigFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Slow and leaving clients are noticed under TLS as well.
@Timeout(120)
class TlsClientTest {
  private static final QueueLimits ONE = new QueueLimits(1, 1, 10, Duration.ofMinutes(1));
  private static final ClientLimits IMPATIENT =
      ClientLimits.DEFAULT.withSlowAfter(Duration.ofSeconds(1));
  private static final String KEPT_ALIVE =
      "GET /api/v1/query?query=vector(1) HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir static Path directory;
  private static SSLContext client;
  private static WebConfigFile config;

  @BeforeAll
  static void sign() throws Exception {
    Certificates certificates = new Certificates(directory);
    certificates.authority("ca");
    certificates.signed("server", "ca");
    client = certificates.client("ca", Optional.empty());
    config =
        WebConfigFile.open(
            Files.writeString(
                directory.resolve("web.yml"),
                "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n"));
  }

  @AfterAll
  static void close() {
    config.close();
  }

  private static ServedSource serve(QuerySource source, ClientLimits limits) {
    return new ServedSource(
        source,
        ONE,
        new ApiServer.HttpOptions("127.0.0.1", 0, Compression.AUTO, limits)
            .withWeb(WebOptions.DEFAULT.withConfig(config)));
  }

  private static SSLSocket connect(ServedSource served) throws IOException {
    return connect(served, new Socket());
  }

  private static SSLSocket connect(ServedSource served, Socket below) throws IOException {
    below.connect(served.address());
    SSLSocket out =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(below, "127.0.0.1", served.address().getPort(), true);
    out.setSoTimeout(30_000);
    out.startHandshake();
    return out;
  }

  private static void send(SSLSocket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes("UTF-8"));
  }

  /// Sends a byte from time to time.
  private static void assertCutOff(Socket client, int next) throws InterruptedException {
    ServedSource.await(() -> {
      try {
        client.getOutputStream().write(next);
        return false;
      } catch (IOException e) {
        return true;
      }
    });
  }

  @Test
  void aClientThatLeavesGivesBackThePermitOfItsQuery() throws Exception {
    try (ServedSource served = serve(new NeverAnswering(), ClientLimits.DEFAULT)) {
      SSLSocket leaving = connect(served);
      send(leaving, ServedSource.get("/api/v1/query?query=up"));
      ServedSource.await(() -> served.queue.running() == 1);
      leaving.close();
      ServedSource.await(() -> served.queue.running() == 0);
      assertEquals(0, served.pool.held());
    }
  }

  @Test
  void aClientThatResetsItsConnectionLeavesAsWell() throws Exception {
    try (ServedSource served = serve(new NeverAnswering(), ClientLimits.DEFAULT)) {
      Socket below = new Socket();
      send(connect(served, below), ServedSource.get("/api/v1/query?query=up"));
      ServedSource.await(() -> served.queue.running() == 1);
      below.setSoLinger(true, 0);
      below.close();
      ServedSource.await(() -> served.queue.running() == 0);
    }
  }

  @Test
  void theNextRequestsOnTheConnectionAreNotLost() throws Exception {
    try (ServedSource served = serve(new EmptySource(), ClientLimits.DEFAULT);
        SSLSocket socket = connect(served)) {
      send(socket, KEPT_ALIVE + KEPT_ALIVE);
      send(socket, ServedSource.get("/api/v1/query?query=vector(2)"));
      String all = ServedSource.all(socket);
      assertEquals(4, all.split("HTTP/1.1 200 OK", -1).length, all);
      assertTrue(all.endsWith("\"2\"]}]}}"), all);
    }
  }

  @Test
  void aSlowHandshakeIsCutOff() throws Exception {
    try (ServedSource served = serve(new EmptySource(), IMPATIENT);
        Socket slow = new Socket()) {
      slow.connect(served.address());
      // The head of a long record.
      slow.getOutputStream().write(new byte[] {22, 3, 1, 63, 0});
      assertCutOff(slow, 0);
    }
  }

  @Test
  void aSlowHeadIsCutOff() throws Exception {
    try (ServedSource served = serve(new EmptySource(), IMPATIENT);
        SSLSocket slow = connect(served)) {
      send(slow, "GET /api/v1/query?query=");
      assertCutOff(slow, 'a');
    }
  }

  @Test
  void aSlowBodyIsCutOff() throws Exception {
    try (ServedSource served = serve(new EmptySource(), IMPATIENT);
        SSLSocket slow = connect(served)) {
      send(
          slow,
          "POST /api/v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
              + "Content-Type: application/x-www-form-urlencoded\r\n\r\nquery=");
      assertCutOff(slow, 'a');
    }
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws Exception {
    try (ServedSource served = serve(new SlowClientTest.ManyNames(), IMPATIENT);
        Socket below = new Socket()) {
      below.setReceiveBufferSize(16 << 10);
      try (SSLSocket slow = connect(served, below)) {
        send(slow, ServedSource.get("/api/v1/label/a/values"));
        ServedSource.await(() -> served.queue.running() == 1);
        ServedSource.await(() -> served.queue.running() == 0);
        assertEquals(0, served.pool.held());
      }
    }
  }

  @Test
  void aClientThatIsIdleAfterItsHandshakeIsNotCutOff() throws Exception {
    try (ServedSource served = serve(new EmptySource(), IMPATIENT);
        SSLSocket idle = connect(served);
        SSLSocket slow = connect(served)) {
      // Twice as long as a slow client is tolerated.
      send(slow, "GET /");
      assertCutOff(slow, 'a');
      try (SSLSocket slower = connect(served)) {
        send(slower, "GET /");
        assertCutOff(slower, 'a');
      }
      send(idle, ServedSource.get("/-/healthy"));
      assertTrue(ServedSource.all(idle).endsWith("Lamella is Healthy.\n"));
    }
  }
}
