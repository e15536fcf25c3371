package io.lamella.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lamella.gateway.Gateway;
import io.lamella.gateway.GatewayOptions;
import io.lamella.gateway.association.Association;
import io.lamella.gateway.association.Associations;
import io.lamella.gateway.association.PairedLabels;
import io.lamella.gateway.http.ApiServer;
import io.lamella.model.Matcher;
import io.lamella.promql.EngineOptions;
import io.lamella.storage.object.ObjectStore;
import io.lamella.storage.object.local.DirectoryObjectStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hostile requests hurt nobody: no failure of the server but 503, an answer to each, right answers
/// to others meanwhile, and nothing left behind.
///
/// `-Dlamella.hostile=50000 -Dlamella.hostile.seed=7` sets the number of requests and another seed;
/// [HostileClient] sends the same ones to a running server.
class HostileRequestsTest {
  private static final int COUNT = Integer.getInteger("lamella.hostile", 2_000);
  private static final long SEED = Long.getLong("lamella.hostile.seed", 11);
  private static final long SECOND = (RandomBlocks.START + RandomBlocks.DAY) / 1_000;
  private static final List<String> NAMES = List.of("constant", "flips", "odd", "ramp");

  private static final Associations ASSOCIATIONS =
      Associations.of(
          List.of(
              new Association(
                  "metrics",
                  new PairedLabels(
                      List.of(Matcher.of(Matcher.Type.REGEX, "__name__", ".+")),
                      "dc_id",
                      "__name__"),
                  Association.Direction.FORWARD)));

  @TempDir private Path directory;

  private static GatewayOptions options() {
    GatewayOptions d = ConvertedBlocks.wholeLanguage();
    EngineOptions e = d.engine();
    return d.withEngine(
        new EngineOptions(
            e.lookback(), Duration.ofSeconds(5), 500_000, e.subqueryStep(), e.features()));
  }

  private static double metric(HttpClient http, String url, String name) throws Exception {
    String all =
        http.send(
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                BodyHandlers.ofString())
            .body();
    // With tenants there is one of each.
    java.util.regex.Matcher m =
        Pattern.compile("(?m)^" + name + "(?:\\{[^}]*\\})? (\\S+)$").matcher(all);
    assertTrue(m.find(), name);
    double sum = 0;
    do {
      sum += Double.parseDouble(m.group(1));
    } while (m.find());
    return sum;
  }

  private static void awaitZero(HttpClient http, String url, String name) throws Exception {
    for (int i = 0; metric(http, url, name) > 0; i++) {
      assertTrue(i < 600, name + " does not go back to 0");
      Thread.sleep(50);
    }
  }

  @Test
  void hostileRequestsHurtNobody() throws Exception {
    hurtNobody("", Optional.empty());
  }

  @Test
  void hostileRequestsHurtNobodyWithTenants() throws Exception {
    hurtNobody(
        "/" + HostileRequests.TENANT,
        Optional.of(
            new Gateway.Tenancy(
                TenantGateway.HEADER,
                TenantGateway.config(
                    options(), "tenants: {" + HostileRequests.TENANT + ": {}, other: {}}"))));
  }

  private void hurtNobody(String prefix, Optional<Gateway.Tenancy> tenancy) throws Exception {
    RandomBlocks.write(directory.resolve("tsdb"), 1);
    ConvertedBlocks.convert(directory.resolve("tsdb"), directory.resolve("bucket" + prefix));
    try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("bucket"));
        Gateway gateway = Gateway.unloaded(store, options(), tenancy);
        ApiServer server =
            gateway.serve(
                ApiServer.HttpOptions.LOCAL.withAssociations(() -> ASSOCIATIONS),
                new ApiServer.BuildInfo("test", ""));
        HttpClient http = HttpClient.newHttpClient()) {
      gateway.load();
      String url = "http://127.0.0.1:" + server.port();
      int threads = Thread.activeCount();
      HostileClient client =
          new HostileClient(
              new InetSocketAddress("127.0.0.1", server.port()),
              HostileClient.queryUrl(url, "sum by (dc_id) (avg_over_time(ramp[1h]))", SECOND));

      client.run(COUNT, SEED, NAMES, SECOND);

      assertEquals(
          "", String.join("\n\n", client.failures()), () -> "seed " + SEED + client.statuses());
      assertTrue(client.statuses().get("200") > COUNT / 10, client.statuses().toString());
      awaitZero(http, url, "lamella_queries_running");
      awaitZero(http, url, "lamella_queries_waiting");
      awaitZero(http, url, "lamella_query_memory_bytes");
      assertTrue(Thread.activeCount() <= threads + 20, "threads are left");
    }
  }
}
