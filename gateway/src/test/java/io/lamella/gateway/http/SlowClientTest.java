package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.limits.QueryBudget;
import io.lamella.gateway.query.LabelsRequest;
import io.lamella.gateway.query.QueryQueue.QueueLimits;
import io.lamella.gateway.query.QuerySource;
import io.lamella.model.Labels;
import io.lamella.promql.source.MemorySeriesSource;
import io.lamella.promql.source.SeriesSource;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A client that sends or takes bytes too slowly is cut off; until then its query holds what it
/// needs.
class SlowClientTest {
  private static final int VALUES = 200_000;
  private static final String VALUE = "x".repeat(100);

  private final ServedSource served =
      new ServedSource(
          new ManyNames(),
          QueueLimits.of(4),
          ClientLimits.DEFAULT.withSlowAfter(Duration.ofSeconds(1)));

  @AfterEach
  void stop() {
    served.close();
  }

  /// So many label values that they do not fit into the buffers of a connection.
  static final class ManyNames implements QuerySource {
    @Override
    public SeriesSource series(QueryBudget budget) {
      return new MemorySeriesSource(Map.of());
    }

    @Override
    public List<Labels> labelSets(LabelsRequest request, QueryBudget budget) {
      return List.of();
    }

    @Override
    public SortedSet<String> labelNames(LabelsRequest request, QueryBudget b) {
      return new TreeSet<>();
    }

    @Override
    public SortedSet<String> labelValues(String name, LabelsRequest request, QueryBudget budget) {
      TreeSet<String> out = new TreeSet<>();
      for (int i = 0; i < VALUES; i++) {
        out.add(VALUE + i);
      }
      return out;
    }
  }

  private static Socket askForMuch(ServedSource of) throws IOException {
    return ask(of, ServedSource.get("/api/v1/label/a/values"));
  }

  private static Socket ask(ServedSource of, String request) throws IOException {
    Socket client = new Socket();
    client.setReceiveBufferSize(16 << 10);
    client.connect(of.address());
    client.setSoTimeout(30_000);
    client.getOutputStream().write(request.getBytes("UTF-8"));
    return client;
  }

  @Test
  void aQueryHoldsPermitAndMemoryUntilItsLastByteIsTaken() throws Exception {
    try (ServedSource patient =
            new ServedSource(new ManyNames(), QueueLimits.of(4), ClientLimits.DEFAULT);
        Socket client = askForMuch(patient)) {
      // The first bytes are there, so the query has been evaluated.
      assertEquals('H', client.getInputStream().read());
      assertEquals(1, patient.queue.running());
      assertTrue(patient.pool.held() > (long) VALUES * VALUE.length());

      String rest = ServedSource.all(client);

      assertTrue(rest.endsWith("\"]}"), rest.substring(rest.length() - 20));
      ServedSource.await(() -> patient.queue.running() == 0);
      assertEquals(0, patient.pool.held());
    }
  }

  /// Clients behind one proxy have one address.
  @Test
  void slowClientsGiveUpTheirPermitsToOthersAtTheirAddress() throws Exception {
    QueueLimits limits = new QueueLimits(4, 3, 64, Duration.ofSeconds(10));
    List<Socket> slow = new ArrayList<>();
    try (ServedSource patient = new ServedSource(new ManyNames(), limits, ClientLimits.DEFAULT)) {
      try {
        for (int i = 0; i < 8; i++) {
          slow.add(askForMuch(patient));
        }
        ServedSource.await(() -> patient.queue.running() == 3);

        String answer = patient.exchange(ServedSource.get("/api/v1/query?query=1"));

        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        // They keep their results, and may still take them.
        assertTrue(patient.pool.held() > 3L * VALUES * VALUE.length());
        assertTrue(ServedSource.all(slow.getFirst()).endsWith("\"]}"));
      } finally {
        for (Socket s : slow) {
          s.close();
        }
      }
      ServedSource.await(() -> patient.pool.held() == 0 && patient.queue.running() == 0);
    }
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws Exception {
    try (Socket client = askForMuch(served)) {
      ServedSource.await(() -> served.queue.running() == 1);
      ServedSource.await(() -> served.queue.running() == 0);
      assertEquals(0, served.pool.held());
      assertIncomplete(client);
    }
  }

  @Test
  void aClientThatTakesTooLittleIsCutOff() throws Exception {
    try (Socket client = askForMuch(served)) {
      ServedSource.await(() -> served.queue.running() == 1);
      ServedSource.await(() -> {
        try {
          return client.getInputStream().readNBytes(10).length < 10 || served.queue.running() == 0;
        } catch (IOException e) {
          return true;
        }
      });
      ServedSource.await(() -> served.queue.running() == 0);
    }
  }

  /// Such a response has no length and no chunks, so that it ends where the connection does.
  @Test
  void aResponseThatIsCutOffDoesNotEndLikeAWholeOne() throws Exception {
    String request = ServedSource.get("/api/v1/label/a/values").replace("HTTP/1.1", "HTTP/1.0");
    try (Socket client = ask(served, request)) {
      ServedSource.await(() -> served.queue.running() == 1);
      ServedSource.await(() -> served.queue.running() == 0);

      assertThrows(IOException.class, () -> ServedSource.all(client));
    }
  }

  private static void assertIncomplete(Socket client) {
    try {
      assertTrue(!ServedSource.all(client).endsWith("\"]}"));
    } catch (IOException e) {
      // Reset, which shows it as well.
    }
  }

  /// Sends a byte from time to time.
  private static void assertCutOff(Socket client) throws InterruptedException {
    ServedSource.await(() -> {
      try {
        client.getOutputStream().write('a');
        return client.getInputStream().available() < 0;
      } catch (IOException e) {
        return true;
      }
    });
  }

  @Test
  void aSlowHeadIsCutOff() throws Exception {
    try (Socket client = served.send("GET /api/v1/query?query=")) {
      assertCutOff(client);
    }
  }

  @Test
  void aSlowBodyIsCutOff() throws Exception {
    String head =
        "POST /api/v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\nquery=";
    try (Socket client = served.send(head)) {
      assertCutOff(client);
    }
  }

  @Test
  void aClientThatIsIdleBetweenRequestsIsNotCutOff() throws Exception {
    String keepAlive = "GET /api/v1/query?query=vector(1) HTTP/1.1\r\nHost: a\r\n\r\n";
    try (Socket idle = served.send(keepAlive);
        Socket slow = served.send("GET /")) {
      // Twice as long as a slow client is tolerated.
      assertCutOff(slow);
      try (Socket slower = served.send("GET /")) {
        assertCutOff(slower);
      }
      idle.getOutputStream().write(ServedSource.get("/-/healthy").getBytes("UTF-8"));
      assertTrue(ServedSource.all(idle).endsWith("Lamella is Healthy.\n"));
    }
  }
}
