package io.lamella.cli;

import java.net.URI;
import java.net.http.HttpRequest;

/// What gateways are asked to judge.
///
/// @param text the request in JSON
/// @param values the most values that are told of each offending series
record BacktestBody(String text, int values) {
  /// @param base the address of a gateway
  /// @param parameters more of them, each after a `&`
  HttpRequest.Builder request(String base, String parameters) {
    String path = "/api/v1/backtest?format=ndjson" + (values > 0 ? "&values=" + values : "");
    return HttpRequest.newBuilder(URI.create(base.replaceAll("/+$", "") + path + parameters))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(text));
  }
}
