package io.lamella.gateway.log;

import io.lamella.model.JsonQuote;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A query that has ended. Its texts are cut to what is logged, because many wait for the disk at
/// once.
///
/// @param ended when its last byte was written, or it failed
/// @param cost what it took
/// @param error that the client was told; empty where the query succeeded
/// @param traceId of its trace, where it is traced
public record LoggedQuery(
    Instant ended,
    Request request,
    Params params,
    Cost cost,
    Optional<String> error,
    Optional<String> traceId) {
  /// Characters of an expression that are logged; the rest is left out.
  static final int MAX_EXPRESSION = 16 << 10;

  private static final int MAX_OTHER = 1 << 10;

  public LoggedQuery {
    error = error.map(e -> cut(e, MAX_OTHER));
  }

  /// The HTTP request.
  ///
  /// @param tenant empty where there are no tenants
  public record Request(String clientIp, String method, String path, Optional<String> tenant) {
    public Request(String clientIp, String method, String path) {
      this(clientIp, method, path, Optional.empty());
    }

    public Request {
      clientIp = cut(clientIp, MAX_OTHER);
      method = cut(method, MAX_OTHER);
      path = cut(path, MAX_OTHER);
    }
  }

  /// The expression and its steps; at an instant, `start` and `end` are equal and `step` is zero.
  public record Params(String query, Instant start, Instant end, Duration step) {
    public Params {
      query = cut(query, MAX_EXPRESSION);
    }
  }

  /// @param queued time until the query was admitted
  /// @param ran time from admission to the result
  /// @param total time until the last byte was written
  public record Cost(
      Duration queued, Duration ran, Duration total, Samples samples, Fetched fetched) {}

  /// Samples as Prometheus counts them.
  public record Samples(long totalQueryable, long peak) {
    public static final Samples NONE = new Samples(0, 0);
  }

  /// Reads of the store, and the sum of their bytes.
  public record Fetched(long series, long reads, long bytes) {
    public static final Fetched NOTHING = new Fetched(0, 0, 0);
  }

  /// One line, with a line feed at its end. Its length is bounded; control characters are escaped.
  String line() {
    StringBuilder out = new StringBuilder(params.query.length() + 512);
    out.append("{\"ts\":\"").append(ended).append("\",\"params\":{\"query\":");
    JsonQuote.append(out, params.query);
    out.append(",\"start\":\"").append(params.start);
    out.append("\",\"end\":\"").append(params.end);
    out.append("\",\"step\":").append(params.step.toMillis() / 1000.0);
    out.append("},\"stats\":{\"timings\":{\"evalTotalTime\":");
    seconds(out, cost.ran);
    seconds(out.append(",\"execQueueTime\":"), cost.queued);
    seconds(out.append(",\"execTotalTime\":"), cost.total);
    out.append("},\"samples\":{\"totalQueryableSamples\":").append(cost.samples.totalQueryable);
    out.append(",\"peakSamples\":").append(cost.samples.peak);
    out.append("},\"store\":{\"series\":").append(cost.fetched.series);
    out.append(",\"reads\":").append(cost.fetched.reads);
    out.append(",\"bytes\":").append(cost.fetched.bytes);
    out.append("}},\"httpRequest\":{\"clientIP\":");
    JsonQuote.append(out, request.clientIp);
    JsonQuote.append(out.append(",\"method\":"), request.method);
    JsonQuote.append(out.append(",\"path\":"), request.path);
    request.tenant.ifPresent(t -> JsonQuote.append(out.append(",\"tenant\":"), t));
    out.append('}');
    error.ifPresent(e -> JsonQuote.append(out.append(",\"error\":"), e));
    traceId.ifPresent(t -> JsonQuote.append(out.append(",\"traceID\":"), t));
    return escapeC1(out.append('}')).append('\n').toString();
  }

  /// Escapes DEL and the C1 control characters, which terminals obey. They occur only inside of
  /// JSON strings.
  private static StringBuilder escapeC1(StringBuilder line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c >= 0x7f && c < 0xa0) {
        line.replace(i, i + 1, String.format("\\u%04x", (int) c));
      }
    }
    return line;
  }

  private static void seconds(StringBuilder out, Duration d) {
    out.append(d.toNanos() / 1e9);
  }

  private static String cut(String text, int max) {
    return text.length() <= max
        ? text
        : text.substring(0, max) + "… (" + text.length() + " characters)";
  }
}
