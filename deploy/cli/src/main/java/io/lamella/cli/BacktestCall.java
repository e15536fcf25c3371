package io.lamella.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// Sends a backtest to a server and passes on what comes back, line by line.
record BacktestCall(BacktestBody body, BacktestResult result, BacktestProgress progress) {
  private static final int MAX_SHOWN = 500;

  void to(String base) throws IOException, InterruptedException {
    HttpRequest request = body.request(base, "").build();
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      HttpResponse<Stream<String>> response;
      try {
        response = client.send(request, HttpResponse.BodyHandlers.ofLines());
      } catch (IOException e) {
        throw new IOException("cannot reach " + request.uri() + ": " + e, e);
      }
      try (Stream<String> lines = response.body()) {
        Iterator<String> all = lines.iterator();
        if (response.statusCode() != 200) {
          throw refused(response.statusCode(), all.hasNext() ? all.next() : "");
        }
        while (all.hasNext()) {
          line(all.next());
        }
      } catch (UncheckedIOException e) {
        throw new IOException("cannot read the result: " + e.getMessage(), e);
      } finally {
        // Where it failed half-way, the server is to stop.
        client.shutdownNow();
      }
    }
  }

  /// The error of a response that is no result.
  static IOException refused(int status, String body) {
    String shown = body.substring(0, Math.min(MAX_SHOWN, body.length()));
    try {
      if (JsonTree.parse(body) instanceof Map<?, ?> m && m.containsKey("error")) {
        return new IOException("cannot run the backtest: " + m.get("error"));
      }
    } catch (JacksonException e) {
      return new IOException("cannot run the backtest: HTTP status " + status + ": " + shown, e);
    }
    return new IOException("cannot run the backtest: HTTP status " + status + ": " + shown);
  }

  private void line(String text) throws IOException {
    Map<?, ?> line = BacktestLine.parse(text);
    switch (String.valueOf(line.get("type"))) {
      case "start" -> {
        result.add(BacktestLine.recordedWindows(line));
        result.start(BacktestLine.basis(line), BacktestLine.allVerdicts(line));
      }
      case "verdict" -> result.verdict(BacktestLine.verdict(line));
      case "proposal" -> result.proposal(ProposalLine.proposal(line));
      case "progress" -> progress.show(line);
      case "summary" -> result.wasWhole();
      case "error" -> throw new IOException("cannot finish the backtest: " + line.get("error"));
      default -> {
        // Lines of a kind that a later server adds.
      }
    }
  }
}
