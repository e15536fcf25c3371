package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.GatewayOptions;
import io.lamella.storage.object.ForwardingObjectStore;
import io.lamella.storage.object.ObjectEntry;
import io.lamella.storage.object.ObjectStoreException;
import io.lamella.storage.object.local.MemoryObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Blocks and tenants that come and go.
@Timeout(60)
class TenantChangesTest {
  private static final String SELECT = "requests";

  @TempDir Path directory;

  private final MemoryObjectStore store = new MemoryObjectStore();
  private volatile String failing = "none";

  /// Its listings of one prefix fail.
  private final class FailingListings extends ForwardingObjectStore {
    FailingListings() {
      super(store);
    }

    @Override
    public Page<ObjectEntry> listPage(String prefix, String token) throws ObjectStoreException {
      if (prefix.startsWith(failing)) {
        throw new ObjectStoreException.Unavailable("cannot list " + prefix, null);
      }
      return super.listPage(prefix, token);
    }
  }

  private TenantGateway open(String tenants) throws Exception {
    return TenantGateway.open(
        new FailingListings(),
        GatewayOptions.defaults().withCatalogRefresh(Duration.ofMillis(20)),
        tenants);
  }

  private static void awaitValue(TenantGateway gateway, String tenant, String value)
      throws Exception {
    while (!gateway.query(tenant, SELECT).contains("\"" + value + "\"")) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void aNewBlockIsSeenByItsTenantAloneAlsoWhileListingsOfAnotherFail() throws Exception {
    try (TenantGateway gateway = open("tenants: {a: {}, b: {}}")) {
      failing = "a/";
      TenantGateway.publish(directory, store, "b", 222, "x");

      awaitValue(gateway, "b", "222");
      assertTrue(gateway.query("a", SELECT).contains("\"result\":[]"));
      assertEquals(200, gateway.send(gateway.request("/-/ready")).statusCode());

      failing = "none";
      TenantGateway.publish(directory, store, "a", 111, "x");
      awaitValue(gateway, "a", "111");
      awaitValue(gateway, "b", "222");
    }
  }

  @Test
  void tenantsAreAddedChangedAndRemoved() throws Exception {
    TenantGateway.publish(directory, store, "a", 111, "x");
    TenantGateway.publish(directory, store, "b", 222, "x");
    GatewayOptions options = GatewayOptions.defaults();
    try (TenantGateway gateway = open("tenants: {a: {}}")) {
      awaitValue(gateway, "a", "111");
      gateway.gateway.changeTenants(
          TenantGateway.config(options, "tenants: {a: {limits: {max_series: 1}}, b: {}}"));
      assertTrue(gateway.query("a", SELECT).contains("\"111\""));
      assertTrue(gateway.query("b", SELECT).contains("\"222\""));

      gateway.gateway.changeTenants(TenantGateway.config(options, "tenants: {a: {prefix: b}}"));
      assertTrue(gateway.query("a", SELECT).contains("\"222\""));
      assertEquals(401, gateway.get("b", "/api/v1/labels").statusCode());
      assertFalse(gateway.metrics().contains("tenant=\"b\""));
    }
  }

  @Test
  void aTenantWhoseBlocksCannotBeListedIsNotAdded() throws Exception {
    failing = "b/";
    try (TenantGateway gateway = open("tenants: {a: {}}")) {
      assertThrows(
          ObjectStoreException.class,
          () ->
              gateway.gateway.changeTenants(
                  TenantGateway.config(GatewayOptions.defaults(), "tenants: {a: {}, b: {}}")));

      assertEquals(401, gateway.get("b", "/api/v1/labels").statusCode());
      assertEquals(200, gateway.get("a", "/api/v1/labels").statusCode());
    }
  }
}
