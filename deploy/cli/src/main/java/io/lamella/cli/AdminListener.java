package io.lamella.cli;

import io.lamella.gateway.http.AdminServer;
import io.lamella.gateway.query.ActiveQueries;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin server, where an address is given for it.
record AdminListener(Optional<AdminServer> server) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminListener.class);

  /// @param tenantHeader empty where there are no tenants
  static AdminListener open(
      Optional<Listen> address, ActiveQueries active, Optional<String> tenantHeader) {
    return new AdminListener(
        address.map(a -> {
          AdminServer server =
              AdminServer.start(
                  active, tenantHeader, new AdminServer.AdminAddress(a.host(), a.port()));
          LOG.info("listening for administrators url=http://{}:{}", a.host(), server.port());
          return server;
        }));
  }

  @Override
  public void close() {
    server.ifPresent(AdminServer::close);
  }
}
