package io.lamella.gateway.http;

import io.lamella.gateway.query.QueryRefused;
import io.lamella.gateway.tenant.TenantRefused;
import io.lamella.promql.QueryException;
import java.time.Duration;
import java.util.Optional;

/// The HTTP status and error type of a failure; nothing else decides status codes.
///
/// @param retryAfter when the client may try again, where that helps
record ApiFailure(int status, String type, String message, Optional<Duration> retryAfter) {
  private static final Duration STORE_RETRY_AFTER = Duration.ofSeconds(5);

  ApiFailure(int status, String type, String message) {
    this(status, type, message, Optional.empty());
  }

  static ApiFailure of(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    return switch (failure) {
      case QueryException q -> of(q, text);
      case QueryRefused r -> new ApiFailure(503, "unavailable", text, Optional.of(r.retryAfter()));
      case TenantRefused t -> of(t, text);
      case RequestRefused r ->
          new ApiFailure(r.status(), r.status() == 404 ? "not_found" : "bad_data", text);
      case StackOverflowError _ ->
          new ApiFailure(422, "execution", "query is nested too deeply to be evaluated");
      default -> new ApiFailure(500, "internal", "internal error: " + failure);
    };
  }

  /// As in Cortex, who does not say which tenant it is of is not authorized.
  private static ApiFailure of(TenantRefused failure, String text) {
    return switch (failure.reason()) {
      case MISSING, UNKNOWN -> new ApiFailure(401, "unauthorized", text);
      case INVALID -> new ApiFailure(400, "bad_data", text);
    };
  }

  private static ApiFailure of(QueryException failure, String text) {
    return switch (failure) {
      case QueryException.BadQuery _ -> new ApiFailure(400, "bad_data", text);
      case QueryException.Execution _, QueryException.TooExpensive _ ->
          new ApiFailure(422, "execution", text);
      case QueryException.TimedOut _ -> new ApiFailure(503, "timeout", text);
      case QueryException.Cancelled _ -> new ApiFailure(499, "canceled", text);
      case QueryException.StorageUnavailable _ ->
          new ApiFailure(503, "unavailable", text, Optional.of(STORE_RETRY_AFTER));
      case QueryException.CorruptBlock _, QueryException.Internal _ ->
          new ApiFailure(500, "internal", text);
    };
  }

  String json() {
    StringBuilder out = new StringBuilder();
    PrometheusJson.append(
        out,
        json -> {
          json.writeStartObject();
          PrometheusJson.string(json, "status", "error");
          PrometheusJson.string(json, "errorType", type);
          PrometheusJson.string(json, "error", message);
          json.writeEndObject();
        });
    return out.toString();
  }
}
