package io.lamella.gateway.http;

import io.lamella.promql.QueryException;

/// How a failure looks from outside; nothing else picks a status code.
record ApiFailure(int status, String type, String message) {
  static ApiFailure of(Throwable t) {
    if (!(t instanceof QueryException q)) {
      return new ApiFailure(500, "internal", "cannot answer: " + t);
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
    StringBuilder out =
        new StringBuilder("{\"status\":\"error\",\"errorType\":\"")
            .append(type)
            .append("\",\"error\":");
    JsonText.string(out, message);
    return out.append('}').toString();
  }
}
