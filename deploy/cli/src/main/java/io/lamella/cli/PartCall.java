package io.lamella.cli;

import io.lamella.cli.GatewayFailure.Kind;
import io.lamella.gateway.backtest.VerdictRange;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Asks a gateway for a part of a backtest, checks what it sends, and passes it on.
///
/// @param body the whole request
record PartCall(HttpClient client, BacktestBody body, BacktestParts parts) {
  /// A start line may list 100,000 windows.
  private static final int MAX_LINE_BYTES = 64 << 20;

  private static final int MAX_ERROR_BYTES = 1 << 16;

  /// How long a gateway may look for windows and divide them.
  private static final Duration MAX_PREPARATION = Duration.ofMinutes(10);

  /// Types of errors for which the request is to blame.
  private static final Set<String> OF_REQUEST = Set.of("bad_data", "execution");

  void run(PartAttempt attempt) throws InterruptedException {
    try {
      ask(attempt);
      parts.finished(attempt);
    } catch (GatewayFailure e) {
      parts.failed(attempt, e);
    } catch (BacktestRefused e) {
      parts.fail(e);
    }
  }

  /// The request is to blame: no other gateway would answer another thing.
  private static final class BacktestRefused extends IOException {
    BacktestRefused(String message) {
      super(message);
    }
  }

  private void ask(PartAttempt attempt)
      throws BacktestRefused, GatewayFailure, InterruptedException {
    HttpRequest request =
        body.request(
                attempt.gateway(),
                "&part="
                    + (attempt.part() + 1)
                    + "/"
                    + parts.count()
                    + parts.snapshot(attempt.gateway()).map(x -> "&snapshot=" + x).orElse(""))
            .timeout(MAX_PREPARATION)
            .build();
    CompletableFuture<HttpResponse<InputStream>> sent =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    attempt.connected(() -> sent.cancel(true));
    HttpResponse<InputStream> response;
    try {
      response = sent.get();
    } catch (ExecutionException | CancellationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new GatewayFailure(Kind.UNAVAILABLE, "cannot be reached: " + cause, e);
    }
    try (InputStream in = response.body()) {
      attempt.connected(() -> close(in));
      attempt.heard();
      if (response.statusCode() != 200) {
        byte[] error = in.readNBytes(MAX_ERROR_BYTES);
        throw refused(response.statusCode(), new String(error, StandardCharsets.UTF_8));
      }
      lines(attempt, new BoundedLines(in, MAX_LINE_BYTES));
    } catch (BacktestRefused e) {
      throw e;
    } catch (BoundedLines.NoLineException e) {
      throw unusable(e);
    } catch (IOException e) {
      throw new GatewayFailure(Kind.BROKE_OFF, "the result broke off: " + e.getMessage(), e);
    }
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // What is left of it is not wanted.
    }
  }

  /// @param error the beginning of the response
  private static GatewayFailure refused(int status, String error) throws BacktestRefused {
    IOException told = BacktestCall.refused(status, error);
    try {
      if (BacktestLine.parse(error).get("errorType") instanceof String type
          && OF_REQUEST.contains(type)) {
        throw new BacktestRefused(String.valueOf(told.getMessage()));
      }
    } catch (BacktestRefused e) {
      throw e;
    } catch (IOException e) {
      // No error of a gateway: something else answers there.
    }
    boolean isPassing = status >= 500 || status == 408 || status == 429 || status == 499;
    return new GatewayFailure(
        isPassing ? Kind.UNAVAILABLE : Kind.UNUSABLE, String.valueOf(told.getMessage()));
  }

  private static GatewayFailure unusable(IOException e) {
    return new GatewayFailure(Kind.UNUSABLE, String.valueOf(e.getMessage()), e);
  }

  /// Reads lines up to the last one, which says that the part is whole.
  private void lines(PartAttempt attempt, BoundedLines lines)
      throws IOException, GatewayFailure, InterruptedException {
    VerdictRange numbers = started(attempt, lines.next().orElse(""));
    long next = numbers.from();
    while (true) {
      Optional<String> text = lines.next();
      if (text.isEmpty()) {
        throw new GatewayFailure(Kind.BROKE_OFF, "it ended the result early");
      }
      attempt.heard();
      Map<?, ?> line = parsed(text.get());
      switch (String.valueOf(line.get("type"))) {
        case "verdict" -> {
          checkNumber(line, next++, numbers);
          parts.add(attempt, text.get());
        }
        case "progress" -> attempt.progress(line);
        case "summary" -> {
          if (next != numbers.to()) {
            throw new GatewayFailure(
                Kind.UNUSABLE,
                "it ended its part before verdict " + next + ", the part is " + text(numbers));
          }
          return;
        }
        case "error" -> throw failed(line);
        default -> {
          // Lines of a kind that a later server adds.
        }
      }
    }
  }

  private VerdictRange started(PartAttempt attempt, String line) throws GatewayFailure {
    PartHead head;
    try {
      head = PartHead.of(BacktestLine.parse(line));
    } catch (IOException e) {
      throw unusable(e);
    }
    parts.started(attempt, head);
    return head.numbers();
  }

  private static Map<?, ?> parsed(String text) throws GatewayFailure {
    try {
      Map<?, ?> line = BacktestLine.parse(text);
      if ("verdict".equals(line.get("type"))) {
        // Whatever cannot be read is noticed before it is passed on.
        BacktestLine.verdict(line);
      }
      return line;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static void checkNumber(Map<?, ?> verdict, long expected, VerdictRange numbers)
      throws GatewayFailure {
    if (expected >= numbers.to() || !Long.toString(expected).equals(verdict.get("number"))) {
      throw new GatewayFailure(
          Kind.UNUSABLE,
          "it sent verdict number "
              + verdict.get("number")
              + " instead of "
              + expected
              + ", the part is "
              + text(numbers));
    }
  }

  private static String text(VerdictRange numbers) {
    return "[" + numbers.from() + ", " + numbers.to() + ")";
  }

  private static GatewayFailure failed(Map<?, ?> line) throws BacktestRefused {
    String message = "cannot finish the backtest: " + line.get("error");
    if (line.get("errorType") instanceof String type && OF_REQUEST.contains(type)) {
      throw new BacktestRefused(message);
    }
    return new GatewayFailure(Kind.BROKE_OFF, message);
  }
}
