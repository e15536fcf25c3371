package io.lamella.gateway.http;

import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Serves every path below a prefix, as Prometheus does; whatever handles requests does not see it.
final class RoutePrefix extends Handler.Wrapper {
  private final String prefix;

  /// @param prefix such as `/lamella`, without a slash at its end
  RoutePrefix(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HttpURI uri = request.getHttpURI();
    Optional<HttpURI> inner = inner(uri);
    if (inner.isPresent()) {
      return super.handle(Request.serveAs(request, inner.get()), response, callback);
    }
    if ("/".equals(uri.getPath())) {
      response.setStatus(302);
      response.getHeaders().put(HttpHeader.LOCATION, prefix + "/");
      Content.Sink.write(response, true, "", callback);
    } else {
      ApiFailure failure = new ApiFailure(404, "not_found", "there is nothing beside " + prefix);
      response.setStatus(failure.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
      Content.Sink.write(response, true, failure.json(), callback);
    }
    return true;
  }

  /// Without the prefix; empty where the path is not below it, with and without regard to dots.
  private Optional<HttpURI> inner(HttpURI uri) {
    if (!isBelow(uri.getPath()) || !isBelow(uri.getCanonicalPath())) {
      return Optional.empty();
    }
    String path = uri.getPath().substring(prefix.length());
    try {
      HttpURI out =
          HttpURI.build(uri, path.isEmpty() ? "/" : path, uri.getParam(), uri.getQuery())
              .asImmutable();
      return out.getCanonicalPath() == null ? Optional.empty() : Optional.of(out);
    } catch (IllegalArgumentException e) {
      // Its dots lead above the prefix, and back.
      return Optional.empty();
    }
  }

  private boolean isBelow(@Nullable String path) {
    return path != null && (path.equals(prefix) || path.startsWith(prefix + "/"));
  }
}
