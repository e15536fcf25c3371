package io.lamella.gateway.http;

import io.lamella.promql.QueryException;

/// The HTTP status and error type of a failure; nothing else decides status codes.
record ApiFailure(int status, String type, String message) {
  static ApiFailure of(Throwable t) {
    if (!(t instanceof QueryException q)) {
      return new ApiFailure(500, "internal", "internal error: " + t);
    }
    String text = String.valueOf(q.getMessage());
    return switch (q) {
      case QueryException.BadQuery _ -> new ApiFailure(400, "bad_data", text);
      case QueryException.Execution _, QueryException.TooExpensive _ ->
          new ApiFailure(422, "execution", text);
      case QueryException.TimedOut _ -> new ApiFailure(503, "timeout", text);
      case QueryException.Cancelled _ -> new ApiFailure(499, "canceled", text);
      case QueryException.StorageUnavailable _ -> new ApiFailure(500, "unavailable", text);
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
