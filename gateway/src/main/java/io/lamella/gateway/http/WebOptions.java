package io.lamella.gateway.http;

import io.lamella.gateway.web.WebConfigFile;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;

/// How clients reach the HTTP server.
///
/// @param config TLS, passwords and headers; empty for none of them. Who opened it closes it after
///   the server
/// @param routePrefix of all paths, such as `/lamella`; empty for none
/// @param externalPath what clients put before paths, which a proxy may change to the prefix; empty
///   for nothing
public record WebOptions(Optional<WebConfigFile> config, String routePrefix, String externalPath) {
  public static final WebOptions DEFAULT = new WebOptions(Optional.empty(), "", "");

  public WebOptions {
    if (!routePrefix.isEmpty() && (!routePrefix.startsWith("/") || routePrefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "cannot serve below \"" + routePrefix + "\": expected a path such as /lamella");
    }
  }

  /// What requests pass before they are routed: first who may pass, then the prefix.
  Optional<Handler.Wrapper> handlers() {
    Optional<Handler.Wrapper> access = config.map(WebAccess::new);
    Optional<Handler.Wrapper> prefix =
        routePrefix.isEmpty() ? Optional.empty() : Optional.of(new RoutePrefix(routePrefix));
    access.ifPresent(a -> prefix.ifPresent(a::setHandler));
    return access.or(() -> prefix);
  }

  public WebOptions withConfig(WebConfigFile config) {
    return new WebOptions(Optional.of(config), routePrefix, externalPath);
  }
}
