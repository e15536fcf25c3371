package io.lamella.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.query.QueryQueue.QueueLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A query ends when its client does, wherever it is.
class LeavingClientTest {
  private static final String QUERY = ServedSource.get("/api/v1/query?query=up");
  private static final QueueLimits ONE = new QueueLimits(1, 1, 10, Duration.ofMinutes(1));

  private final ServedSource served =
      new ServedSource(new NeverAnswering(), ONE, ClientLimits.DEFAULT);

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void aClientThatLeavesGivesBackThePermitOfItsQuery() throws Exception {
    Socket client = served.send(QUERY);
    ServedSource.await(() -> served.queue.running() == 1);
    client.close();
    ServedSource.await(() -> served.queue.running() == 0);
    assertEquals(0, served.pool.held());
  }

  @Test
  void aClientThatResetsItsConnectionLeavesAsWell() throws Exception {
    Socket client = served.send(QUERY);
    ServedSource.await(() -> served.queue.running() == 1);
    client.setSoLinger(true, 0);
    client.close();
    ServedSource.await(() -> served.queue.running() == 0);
  }

  @Test
  void aClientThatLeavesTheQueueDoesNotWaitAnyMore() throws Exception {
    try (Socket running = served.send(QUERY)) {
      ServedSource.await(() -> served.queue.running() == 1);
      Socket waiting = served.send(QUERY);
      ServedSource.await(() -> served.queue.waiting() == 1);
      waiting.close();
      ServedSource.await(() -> served.queue.waiting() == 0);
      assertEquals(1, served.queue.running());
      assertTrue(running.isConnected());
    }
  }

  @Test
  void aLabelQueryIsCancelledAsWell() throws Exception {
    Socket client = served.send(ServedSource.get("/api/v1/labels"));
    ServedSource.await(() -> served.queue.running() == 1);
    client.close();
    ServedSource.await(() -> served.queue.running() == 0);
  }

  /// As in Prometheus, whose server cannot tell both apart either.
  @Test
  void aClientThatOnlyStopsSendingCountsAsGone() throws Exception {
    try (Socket client = served.send(QUERY)) {
      client.shutdownOutput();
      assertTrue(ServedSource.all(client).startsWith("HTTP/1.1 499 "));
    }
  }

  @Test
  void theNextRequestOnTheConnectionIsNotLost() throws Exception {
    String keepAlive = "GET /api/v1/query?query=vector(1) HTTP/1.1\r\nHost: a\r\n\r\n";
    try (ServedSource empty = ServedSource.empty();
        Socket client = empty.send(keepAlive + keepAlive)) {
      client
          .getOutputStream()
          .write(ServedSource.get("/api/v1/query?query=vector(2)").getBytes("UTF-8"));
      String all = ServedSource.all(client);
      assertEquals(4, all.split("HTTP/1.1 200 OK", -1).length, all);
      assertTrue(all.endsWith("\"2\"]}]}}"), all);
    }
  }

  /// The client is watched while its requests wait in its connection, too.
  @Test
  void aClientWithRequestsInAdvanceMayLeave() throws IOException, InterruptedException {
    Socket client = served.send(QUERY.replace("Connection: close\r\n", "").repeat(3));
    ServedSource.await(() -> served.queue.running() == 1);
    client.close();
    ServedSource.await(() -> served.queue.running() == 0);
  }

  /// Lines of a stream are sent as they are written, so that a client that has left is noticed by
  /// the next one, however short they are.
  @Test
  void aClientMayLeaveAStreamOfABacktest() throws Exception {
    String body = "windows: [{start: 0, end: 60}]\nconstraints: [{name: a, expr: up > 0}]\n";
    Socket client =
        served.send(
            "POST /api/v1/backtest?format=ndjson HTTP/1.1\r\nHost: a\r\n"
                + "Content-Type: application/yaml\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
    String line = in.readLine();
    while (!line.contains("\"type\":\"progress\"")) {
      line = in.readLine();
    }
    assertTrue(served.pool.held() > 0);
    client.close();
    ServedSource.await(() -> served.pool.held() == 0);
  }
}
