package io.lamella.gateway.http;

import io.lamella.gateway.request.ClientAddress;
import io.lamella.gateway.web.PasswordCheck;
import io.lamella.gateway.web.RequestLimiter;
import io.lamella.gateway.web.WebConfig;
import io.lamella.gateway.web.WebConfigFile;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// What a web configuration file says of requests: every response has its headers, and only its
/// users pass, whatever they ask for, at its rate.
final class WebAccess extends Handler.Wrapper {
  private static final String BASIC = "Basic ";

  private final WebConfigFile file;
  private final PasswordCheck passwords = PasswordCheck.ofProcess();
  private final RequestLimiter limiter = new RequestLimiter(System::nanoTime);

  WebAccess(WebConfigFile file) {
    this.file = file;
  }

  private record Credentials(String user, String password) {}

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    WebConfig config = file.config();
    if (config.rate().isPresent() && !limiter.tryAcquire(config.rate().get())) {
      return refuse(429, "Too Many Requests\n", response, callback);
    }
    config.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    if (config.users().isEmpty()) {
      return super.handle(request, response, callback);
    }
    return switch (check(config.users(), request)) {
      case RIGHT -> super.handle(request, response, callback);
      case WRONG -> {
        response
            .getHeaders()
            .put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"Lamella\", charset=\"UTF-8\"");
        yield refuse(401, "Unauthorized\n", response, callback);
      }
      case BUSY -> {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, "10");
        yield refuse(503, "too many passwords are being checked\n", response, callback);
      }
    };
  }

  private PasswordCheck.Outcome check(Map<String, String> users, Request request)
      throws InterruptedException {
    Optional<Credentials> given = credentials(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    return given.isEmpty()
        ? PasswordCheck.Outcome.WRONG
        : passwords.check(
            users,
            new PasswordCheck.Attempt(
                ClientAddress.name(Optional.empty(), Request.getRemoteAddr(request)),
                given.get().user(),
                given.get().password()));
  }

  private static Optional<Credentials> credentials(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
      String text = new String(decoded, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Credentials(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean refuse(int status, String text, Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    Content.Sink.write(response, true, text, callback);
    return true;
  }
}
