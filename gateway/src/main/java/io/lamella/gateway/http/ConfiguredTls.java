package io.lamella.gateway.http;

import io.lamella.gateway.web.WebConfigFile;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// Gives each connection of Jetty the TLS that a web configuration file then asks for, so that
/// changed certificates hold from the next connection on.
final class ConfiguredTls extends SslContextFactory.Server {
  private final WebConfigFile config;

  ConfiguredTls(WebConfigFile config) {
    this.config = config;
    setRenegotiationAllowed(false);
    try {
      // Jetty wants one to start, but the engines do not come from it.
      setSslContext(SSLContext.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks TLS", e);
    }
  }

  @Override
  public SSLEngine newSSLEngine() {
    return config.engine();
  }

  @Override
  public SSLEngine newSSLEngine(String host, int port) {
    return config.engine();
  }
}
