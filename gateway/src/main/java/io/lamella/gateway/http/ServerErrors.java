package io.lamella.gateway.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Failures that Jetty finds itself, such as a request that is not HTTP or has too long a head. The
/// response does not repeat the request, which may be long.
final class ServerErrors implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    ApiFailure failure =
        new ApiFailure(
            status, status == 500 ? "internal" : "bad_data", HttpStatus.getMessage(status));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    Content.Sink.write(response, true, failure.json(), callback);
    return true;
  }
}
