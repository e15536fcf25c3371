package io.lamella.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Sends [HostileRequests] to a server from several threads and notes what must not happen: a
/// failure of the server other than 503, a request without an answer, a wrong answer to a control
/// query.
///
/// `main` does so against a running server: its URL, the number of requests, the seed, a time with
/// samples in seconds since the epoch, a control query, and names of metrics.
final class HostileClient {
  private static final int THREADS = 8;

  /// Long enough for a backtest of which several units time out, on a busy machine.
  private static final int TIMEOUT_MILLIS = 180_000;

  private static final int CONTROL_EVERY = 25;

  private final InetSocketAddress server;
  private final String control;
  private final String expected;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> statuses = new TreeMap<>();

  /// @param control URL of a query whose response must stay the same
  HostileClient(InetSocketAddress server, String control) throws Exception {
    this.server = server;
    this.control = control;
    this.expected = control();
  }

  /// The failures, each with the request that it followed.
  List<String> failures() {
    return new ArrayList<>(failures);
  }

  /// How many responses had which status; `none` where the server closed without one.
  Map<String, Integer> statuses() {
    synchronized (statuses) {
      return new TreeMap<>(statuses);
    }
  }

  private String control() throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(control))
                .header(TenantGateway.HEADER, HostileRequests.TENANT)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    // Busy is an answer, too, but not one to compare with.
    return response.statusCode() == 503 ? "" : response.body();
  }

  void run(int count, long seed, List<String> names, long second) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                  one(n, new HostileRequests(new Random(seed + n), names, second).next());
                }
              }));
    }
    for (Thread t : threads) {
      t.join();
    }
  }

  private void one(int number, HostileRequests.Sent request) {
    String status = "none";
    try (Socket socket = new Socket()) {
      socket.connect(server, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      try {
        socket.getOutputStream().write(request.bytes());
        if (request.leaves()) {
          status = "left";
        } else {
          if (!request.isWhole()) {
            socket.shutdownOutput();
          }
          status = status(socket.getInputStream());
        }
      } catch (SocketTimeoutException e) {
        failures.add("no answer to " + describe(number, request));
      } catch (IOException e) {
        status = "reset";
      }
      // 505 is the answer to another version of HTTP, which some requests claim.
      if (status.startsWith("5") && !status.equals("503") && !status.equals("505")) {
        failures.add("status " + status + " of " + describe(number, request));
      }
      if (number % CONTROL_EVERY == 0) {
        String actual = control();
        if (!actual.isEmpty() && !actual.equals(expected)) {
          failures.add("control query has " + actual + " after " + describe(number, request));
        }
      }
    } catch (Exception e) {
      failures.add(e + " at " + describe(number, request));
    }
    synchronized (statuses) {
      statuses.merge(status, 1, Integer::sum);
    }
  }

  /// The status, after the whole response has been read.
  private static String status(InputStream in) throws IOException {
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    byte[] piece = new byte[64 << 10];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      if (start.size() < 12) {
        start.write(piece, 0, n);
      }
    }
    String line = start.toString(StandardCharsets.ISO_8859_1);
    return line.length() < 12 ? "none" : line.substring(9, 12);
  }

  private static String describe(int number, HostileRequests.Sent request) {
    String text = new String(request.bytes(), StandardCharsets.ISO_8859_1);
    return "request " + number + ": " + text.substring(0, Math.min(700, text.length()));
  }

  /// The URL of an instant query.
  static String queryUrl(String base, String query, long second) {
    return base
        + "/api/v1/query?time="
        + second
        + "&query="
        + URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    URI url = URI.create(arguments[0]);
    long second = Long.parseLong(arguments[3]);
    HostileClient client =
        new HostileClient(
            new InetSocketAddress(url.getHost(), url.getPort()),
            queryUrl(arguments[0], arguments[4], second));
    client.run(
        Integer.parseInt(arguments[1]),
        Long.parseLong(arguments[2]),
        List.of(arguments).subList(5, arguments.length),
        second);
    System.out.println("control: " + client.expected);
    System.out.println("statuses: " + client.statuses());
    System.out.println("failures: " + client.failures().size());
    client.failures().stream().limit(20).forEach(System.out::println);
  }
}
